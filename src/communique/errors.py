"""What can go wrong, by name. Messages say where, what was found, what was expected and what to do."""


class CommuniqueError(Exception):
    """Any error that Communiqué raises on purpose."""


class CodebookMismatch(CommuniqueError):
    """A name is not in the codebook."""


class InputError(CommuniqueError):
    """Nothing of the input could be read."""


class MissingDataError(CommuniqueError):
    """The package was installed without the data files that its build makes."""


class ModelNotFound(CommuniqueError):
    """The named spaCy model is not installed."""


class OwnModelError(CommuniqueError):
    """A folder of own event types is none, is damaged, or belongs to another version."""


class OutputError(CommuniqueError):
    """The output cannot be written. Where it was a file, no part of it is left."""


class StoreError(CommuniqueError):
    """A store is not there, is damaged, or was made by a newer version."""


class WorkerError(CommuniqueError):
    """Worker processes cannot be kept running."""
