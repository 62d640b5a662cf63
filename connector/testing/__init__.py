"""Doubles of everything outside: package, mandate service, bank, mailer, clock.

They are product code: the tests, the simulator, the demo and users' rehearsals run on them, and they pass the same
contract kits as the real adapters.
"""
