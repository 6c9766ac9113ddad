"""The text below a field of a class, read from the source when somebody asks: few who use the class do."""

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise


def field_texts(described: type) -> Iterator[tuple[str, str]]:
    """The fields that a class adds to those of its bases, each with the text below it; a field without one is left out.

    Raises:
        OSError: the source is not there.
    """
    (defined,) = ast.parse(inspect.getsource(described)).body
    for field, below in pairwise(defined.body if isinstance(defined, ast.ClassDef) else ()):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)
