# SPDX-License-Identifier: MIT
# What `cmake --install` gives: libraries, headers, command, rules, pkg-config file and CMake package.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/sipcheck)
set_target_properties(sipcheck_shared PROPERTIES EXPORT_NAME sipcheck)
set_target_properties(sipcheck PROPERTIES EXPORT_NAME static)

# Two exports: who links the shared library needs no development files of the YAML library.
install(TARGETS sipcheck_shared EXPORT sipcheckTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS sipcheck EXPORT sipcheckStaticTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET sipcheck-command)
  install(TARGETS sipcheck-command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(EXPORT sipcheckTargets NAMESPACE sipcheck:: DESTINATION ${PACKAGE_DIR})
install(EXPORT sipcheckStaticTargets NAMESPACE sipcheck:: DESTINATION ${PACKAGE_DIR})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/sipcheckConfig.cmake.in
  ${CMAKE_BINARY_DIR}/sipcheckConfig.cmake INSTALL_DESTINATION ${PACKAGE_DIR})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/sipcheckConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/sipcheckConfig.cmake ${CMAKE_BINARY_DIR}/sipcheckConfigVersion.cmake
  DESTINATION ${PACKAGE_DIR})

# The prefix is found from where the file lies, so that an installed tree can be moved.
file(RELATIVE_PATH PREFIX_FROM_PC /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" PREFIX_FROM_PC ${PREFIX_FROM_PC})
configure_file(${CMAKE_CURRENT_LIST_DIR}/sipcheck.pc.in ${CMAKE_BINARY_DIR}/sipcheck.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/sipcheck.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(DIRECTORY ${CMAKE_SOURCE_DIR}/libsipcheck/include/sipcheck DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/rules DESTINATION ${CMAKE_INSTALL_DATADIR}/sipcheck)
