"""The experiments that ship with the project, and those in files of one's own."""

from difflib import get_close_matches
from pathlib import Path

import yaml
from pydantic import ValidationError

from evaluation.experiments.experiment import Experiment
from evaluation.experiments.stimuli import built
from simulacra.errors import InputError, UnknownName

_FOLDER = Path(__file__).parent / "library"
_MAX_BYTES = 1_000_000


def shipped() -> dict[str, Path]:
    """Names of the shipped experiments and their files, sorted by name."""
    return {path.stem: path for path in sorted(_FOLDER.glob("*.yaml"))}


def find(name_or_file: str) -> Experiment:
    """The shipped experiment of a name, or the one in a file.

    Raises:
        UnknownName: there is neither.
        InputError: the file cannot be read or holds no experiment.
    """
    known = shipped()
    path = Path(name_or_file)
    if not path.is_file() and name_or_file not in known:
        if path.suffix or len(path.parts) > 1:
            raise InputError("there is no such file: check the path", path=path)
        near = get_close_matches(name_or_file, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise UnknownName(
            f"no experiment named {name_or_file}: give a file or one of {', '.join(known)}{hint}"
        )
    return read(path if path.is_file() else known[name_or_file])


def read(path: Path) -> Experiment:
    """The experiment in a YAML file; every scalar is taken as it is written, codes too.

    Raises:
        InputError: the file cannot be read, or holds no experiment that can be run.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError("the file is over 1 MB: an experiment is smaller", path=path)
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        experiment = Experiment.model_validate(data)
        built(experiment)
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", path=path) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        problem = f"this is no YAML: {error.problem}; put texts with signs in quotes"
        raise InputError(problem, path=path, line=line) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise InputError("this is no YAML of an experiment", path=path) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        sentence = first["msg"].removeprefix("Value error, ")
        raise InputError(f"{place}: {sentence}".removeprefix(": "), path=path) from error
    except InputError as error:
        if error.path is not None:
            raise
        raise InputError(str(error), path=path) from error
    return experiment
