"""Errors that a user may meet: one base, one class per exit code.

Belongs here: the classes every package raises for a user's mistake or a broken environment.
Does not belong here: problems of delivered rows (`schemas.problems`), which are data, not errors.
A message says what, where, which class of value, and what to do; never a value that may identify a
person.
"""


class ImsctError(Exception):
    """A failure with a message for the user; only the command line turns it into text on stderr.

    A `remedy` that is given apart stands at the end of the message; a listing shows it by itself.
    """

    exit_code = 3

    def __init__(self, finding: str, remedy: str = "") -> None:
        super().__init__(f"{finding} {remedy}".rstrip())
        self.finding, self.remedy = finding, remedy


class DataProblemsError(ImsctError):
    """Delivered data break rules; every problem was listed."""

    exit_code = 1


class UsageError(ImsctError):
    """The command, the plan or the profile asks for something that cannot be."""

    exit_code = 2


class StorageError(ImsctError):
    """The machine, the disk, a lock or a missing file stands in the way."""

    exit_code = 3


class IntegrityError(ImsctError):
    """A hash, a count or the ledger disagrees with what is stored."""

    exit_code = 4
