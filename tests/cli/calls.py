# SPDX-License-Identifier: MIT
"""sipcheck calls: what became of each call, registration, subscription; limits; exit codes."""

from command import OFFICE, Test, main, packet, pcap
from dialog import ALICE, BOB, Talk


class Calls(Test):
    def calls(self, *talks, words=(), code=0, err=""):
        path = self.capture("a.pcap", *[p for talk in talks for p in talk.packets])
        return self.run_command("calls", "--format", "ndjson", *words, path, code=code, err=err).objects()

    def outcome(self, talk, **wanted):
        [row, _] = self.calls(talk)
        self.assertEqual({key: row[key] for key in wanted}, wanted)
        return row

    def text(self, talk):
        return self.run_command("calls", self.capture("a.pcap", *talk.packets)).out

    def test_an_answered_call(self):
        talk = Talk().invite().answer(180).answer(200, at=2).ack().request("BYE", at=14.3).answer(200)
        row = self.outcome(talk, kind="call", method="INVITE", outcome="answered", status=200, duration=12.3,
                           expires=None, messages=6, first_frame=1, last_frame=6, call_id="1@example.com",
                           start="2026-01-05T09:00:00.000000Z")
        self.assertEqual((row["from"], row["to"]), ("sip:alice@example.com", "sip:bob@example.com"))
        self.assertEqual(self.text(talk), """2026-01-05T09:00:00.000000Z  call  answered (200 OK), 12.300 s until BYE
    INVITE  sip:alice@example.com to sip:bob@example.com
    6 messages, frames 1 to 6  Call-ID: 1@example.com
""")

    def test_each_way_a_call_ends(self):
        for status, outcome in [(486, "busy"), (600, "busy"), (487, "cancelled"), (603, "declined"), (302, "redirected"),
                                (407, "challenged"), (404, "refused"), (503, "failed")]:
            with self.subTest(status=status):
                self.outcome(Talk().invite().answer(100).answer(status).ack(), outcome=outcome, status=status)

    def test_no_final_response(self):
        self.outcome(Talk().invite(), outcome="unanswered", status=None)
        self.outcome(Talk().invite().answer(100), outcome="unanswered", status=None)
        self.outcome(Talk().invite().answer(180), outcome="ringing", status=None)
        self.assertIn("  call  no final answer in the capture (180)\n", self.text(Talk().invite().answer(180)))

    def test_no_bye(self):
        talk = Talk().invite().answer(200).ack()
        self.outcome(talk, outcome="answered", duration=None)
        self.assertIn("answered (200 OK), no BYE in the capture\n", self.text(talk))

    def test_behind_a_challenge_the_second_request_counts(self):
        self.outcome(Talk().invite().answer(407).ack().invite(cseq=2).answer(200), outcome="answered", status=200)
        self.outcome(Talk().invite().answer(407).ack().invite(cseq=2), outcome="unanswered", status=None)
        self.outcome(Talk().request("REGISTER").answer(401).request("REGISTER").answer(403), outcome="refused", status=403)

    def test_a_later_invite_of_the_dialog_changes_nothing(self):
        talk = Talk().invite().answer(200).ack().invite(cseq=5, to_tag=True).answer(488).ack()
        self.outcome(talk, outcome="answered", status=200)

    def test_of_forks_the_one_that_answers(self):
        self.outcome(Talk().invite().answer(486).answer(200), outcome="answered", status=200)
        self.outcome(Talk().invite().answer(200).answer(487), outcome="answered", status=200)

    def test_the_beginning_is_missing(self):
        for talk in (Talk().request("BYE", to_tag=True).answer(200), Talk().answer(180, to="INVITE"),
                     Talk().invite(to_tag=True).answer(200)):
            self.outcome(talk, kind="call", outcome="partial")
        self.assertIn("its beginning is not in the capture, ended by BYE", self.text(Talk().request("BYE", to_tag=True)))

    def test_registrations(self):
        contact = "<sip:alice@192.0.2.1>"
        for asked, given, outcome, expires in [
            ({"Expires": "600"}, {"Contact": f"{contact};expires=600"}, "registered", 600),
            ({}, {"Contact": f"{contact};expires=300, <sip:a@192.0.2.9>;expires=20"}, "registered", 20),
            ({}, {"Contact": contact, "Expires": "99"}, "registered", 99),
            ({}, {"Contact": f"{contact};expires=nonsense"}, "registered", None),
            ({"Expires": "0"}, {}, "unregistered", None),
            ({"Contact": f"{contact};expires=0"}, {}, "unregistered", None),
        ]:
            with self.subTest(asked=asked, given=given):
                talk = Talk().request("REGISTER", **asked).answer(200, **given)
                self.outcome(talk, kind="registration", method="REGISTER", outcome=outcome, expires=expires)

    def test_subscriptions(self):
        talk = Talk().request("SUBSCRIBE").answer(202, Expires="60").request("NOTIFY", to_tag=True, src=BOB, dst=ALICE,
                                                                             Subscription_State="terminated;reason=timeout")
        self.outcome(talk, kind="subscription", outcome="answered", expires=60, messages=3)
        self.assertIn("expires after 60 s, ended by NOTIFY", self.text(talk))

    def test_a_transfer_is_not_the_end_of_its_call(self):
        talk = Talk().invite().answer(200).request("REFER", to_tag=True).answer(202).request(
            "NOTIFY", to_tag=True, src=BOB, dst=ALICE, Subscription_State="terminated;reason=noresource")
        self.assertNotIn("ended by NOTIFY", self.text(talk))

    def test_other_kinds(self):
        for method, kind in [("OPTIONS", "options"), ("MESSAGE", "message"), ("PUBLISH", "publication"),
                             ("REFER", "referral"), ("X-PING", "other")]:
            with self.subTest(method=method):
                self.outcome(Talk().request(method).answer(200), kind=kind, method=method, outcome="answered")

    def test_one_call_id_for_a_registration_and_a_call(self):
        talk = Talk().request("REGISTER").answer(200).invite(cseq=7).answer(200).request("OPTIONS", to_tag=True).answer(200)
        rows = self.calls(talk)[:-1]
        self.assertEqual([(r["kind"], r["messages"]) for r in rows], [("registration", 2), ("call", 4)])

    def test_in_the_order_of_their_beginning(self):
        rows = self.calls(Talk(call_id="b", start=5).invite(), Talk(call_id="a", start=1).invite())[:-1]
        self.assertEqual([r["call_id"] for r in rows], ["a", "b"])

    def test_hostile_bytes(self):
        hostile = "\x1b[31m\x00\"\\\udcff" + "x" * 2000
        talk = Talk(call_id=hostile, From=f"<sip:{hostile}@a>;tag=1").invite().answer(200)
        path = self.capture("a.pcap", *talk.packets)
        out = self.run_command("calls", path).raw
        self.assertNotIn(b"\x1b", out)
        self.assertNotIn(b"\x00", out)
        self.assertLess(len(out), 4000)
        self.assertEqual(len(self.run_command("calls", "--format", "ndjson", path).objects()), 2)

    def test_a_limit_is_told(self):
        talks = [Talk(call_id=str(i)).invite().answer(200) for i in range(3)]
        *rows, summary = self.calls(*talks, words=["--max", "2"], code=4, err="--max: only the first 2 are listed; messages of others: 2")
        self.assertEqual(len(rows), 2)
        self.assertEqual(summary, {"summary": {"listed": 2, "messages": 6, "messages_not_listed": 2}})

    def test_several_files(self):
        paths = [self.capture(f"{i}.pcap", *Talk(call_id=str(i)).invite().packets) for i in range(2)]
        rows = self.run_command("calls", "--format", "ndjson", *paths).objects()
        self.assertEqual([r["file"] for r in rows[:-1]], paths)
        self.assertIn(f"frame 1 of {paths[1]}  Call-ID: 1", self.run_command("calls", *paths).out)

    def test_exit_codes(self):
        self.run_command("calls", code=2, err="at least one FILE")
        self.run_command("calls", "--max", "0", OFFICE, code=2, err="--max is")
        self.run_command("calls", "--format", "xml", OFFICE, code=2, err="text or ndjson")
        self.run_command("calls", "missing.pcap", code=3, err="missing.pcap: No such file")
        self.run_command("calls", self.write("a.pcap", pcap()), code=4, err="no SIP message was found")
        cut = self.capture("cut.pcap", *[packet(p[1][28:], cut=120) for p in Talk().invite().packets])
        self.run_command("calls", cut, code=4, err="not all was captured")


main()
