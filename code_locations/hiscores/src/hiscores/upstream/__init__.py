"""The conversation with the OSRS Hiscores: paths, and answers turned into payloads or typed outcomes."""
