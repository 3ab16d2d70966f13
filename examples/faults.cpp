// SPDX-License-Identifier: MIT
// The syntax of one SIP message, in C++17: faults FILE
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

#include <sipcheck/message.h>

struct release {
    void operator()(sipcheck_arena *arena) const
    {
        sipcheck_arena_free(arena);
    }
};

int main(int argc, char **argv)
{
    std::ifstream file(argc == 2 ? argv[1] : "", std::ios::binary);
    if (!file) {
        std::fprintf(stderr, "usage: faults FILE (of one SIP message)\n");
        return 2;
    }
    const std::vector<char> bytes{ std::istreambuf_iterator<char>(file), {} };
    const std::unique_ptr<sipcheck_arena, release> arena(sipcheck_arena_new(nullptr));
    const sipcheck_message *message = nullptr; // valid as long as arena and bytes
    const int code =
        !arena ? SIPCHECK_NOMEM
               : sipcheck_parse(arena.get(), reinterpret_cast<const std::uint8_t *>(bytes.data()),
                                bytes.size(), 0, &message);
    if (code != SIPCHECK_OK) {
        std::fprintf(stderr, "faults: %s\n", sipcheck_strerror(code));
        return 2;
    }
    for (auto fault = message->faults; fault; fault = fault->next)
        std::printf("byte %u: %s wanted in %s (RFC %u section %s)\n", fault->offset, fault->wanted,
                    fault->production, static_cast<unsigned>(fault->rfc), fault->section);
    return message->valid ? 0 : 1;
}
