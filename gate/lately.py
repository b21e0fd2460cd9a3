"""Remember what was worked out of a thing that never changes, on the thing itself, so that both go together."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

Thing = TypeVar("Thing")
Rest = ParamSpec("Rest")
Answer = TypeVar("Answer")
MISSING: Any = object()


def lately(
    most: int,
) -> Callable[[Callable[Concatenate[Thing, Rest], Answer]], Callable[Concatenate[Thing, Rest], Answer]]:
    """Keep the answers for the last ``most`` other arguments, of each first argument. All readers share them: they are
    only looked at. What differs in the order or the naming of its arguments is worked out by itself.
    """

    def decorated(work: Callable[Concatenate[Thing, Rest], Answer]) -> Callable[Concatenate[Thing, Rest], Answer]:
        name = f"{work.__module__}.{work.__qualname__} lately"

        @wraps(work)
        def remembered(thing: Thing, *rest: Rest.args, **named: Rest.kwargs) -> Answer:
            kept: OrderedDict[Any, Answer] = vars(thing).setdefault(name, OrderedDict())
            key = (rest, tuple(sorted(named.items())))
            if (found := kept.get(key, MISSING)) is MISSING:
                found = kept[key] = work(thing, *rest, **named)
                for oldest in list(kept)[:-most]:
                    kept.pop(oldest, None)  # another thread may have been faster
            return cast(Answer, found)

        return cast(Callable[Concatenate[Thing, Rest], Answer], remembered)

    return decorated
