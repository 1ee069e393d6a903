"""Connections, documents and queries."""

from examples.tour.models import Book, Review
from examples.tour.stage import show
from mongoengine import (
    NotUniqueError,
    Q,
    ValidationError,
    connect,
    connect_async,
    is_async_connection,
)
from mongoengine.testing import Server


async def connections(server: Server) -> None:
    """Connect: one alias, a client of each family."""
    connect("tour", host=server.uri, uuidRepresentation="standard")
    show("connect('tour', ...); is_async_connection()", is_async_connection())
    await connect_async("tour", host=server.uri, uuidRepresentation="standard")
    show("await connect_async('tour', ...)", is_async_connection())


def a_model(server: Server) -> None:
    """Define a model: the same class serves both families."""
    book = Book(title="Dune", pages="412", tags=["desert"])
    show("book = Book(title='Dune', pages='412', tags=['desert'])", repr(book.pages))
    book.reviews.create(reader="Ann", stars=6)
    try:
        book.validate()
    except ValidationError as error:
        show("book.validate()  # after a review of six stars", error)


async def in_and_out(server: Server) -> None:
    """Save in one family, load in the other."""
    Book(title="Dune", pages=412, tags=["desert"]).save()
    book = await Book.objects.async_get(title="Dune")
    show("await Book.objects.async_get(title='Dune')", repr(book))
    await Book(title="Solaris", pages=204, tags=["ocean"]).async_save()
    show("Book.objects.get(pages__lt=300)", repr(Book.objects.get(pages__lt=300)))
    try:
        await Book(title="Dune").async_save()
    except NotUniqueError as error:
        show("await Book(title='Dune').async_save()", type(error).__name__)


async def changes(server: Server) -> None:
    """Change a document deep inside: only what changed is written."""
    book = await Book.objects.async_get(title="Dune")
    book.reviews.append(Review(reader="Ann", stars=4))
    book.tags.append("classic")
    show("book._delta()", book._delta()[0])
    await book.async_save()
    book.reviews[0].stars = 5
    show("book._delta()  # after reviews[0].stars = 5", book._delta()[0])
    book.save()
    show("book.reload().reviews[0].stars", book.reload().reviews[0].stars)


async def queries(server: Server) -> None:
    """Ask: chain methods serve both families, and what runs is sync or awaited."""
    Book.objects.insert(
        [Book(title=f"Volume {n}", pages=100 + n, tags=["series"]) for n in range(5)]
    )
    thick = Book.objects(Q(pages__gt=300) | Q(tags="series")).order_by("-pages")
    show("thick = Book.objects(Q(pages__gt=300) | Q(tags='series'))", thick._query)
    show("[book.title for book in thick[:3]]", [book.title for book in thick[:3]])
    titles = [book.title async for book in thick[:3]]
    show("[book.title async for book in thick[:3]]", titles)
    show("await thick.async_count()", await thick.async_count())
    values = await Book.objects(title="Dune").values("title", "reviews.stars")
    show("await Book.objects(title='Dune').values(...)", values)
    usage = await Book.objects(pages__gt=300).async_index_usage()
    show("await Book.objects(pages__gt=300).async_index_usage()", usage)


async def updates(server: Server) -> None:
    """Update, modify and delete on the server."""
    series = Book.objects(tags="series")
    show(
        "series.update(inc__pages=1, push__tags='new')",
        series.update(inc__pages=1, push__tags="new"),
    )
    taken = await series.order_by("pages").async_modify(pull__tags="new", new=True)
    show("await series.order_by('pages').async_modify(...)", f"{taken} {taken.tags}")
    show("await series.async_delete()", await series.async_delete())


async def aggregation(server: Server) -> None:
    """Aggregate, and compute on the server."""
    pipeline = [{"$unwind": "$tags"}, {"$sortByCount": "$tags"}]
    rows = [row async for row in Book.objects.async_aggregate(pipeline)]
    show("[row async for row in Book.objects.async_aggregate(pipeline)]", rows)
    show("Book.objects.sum('pages')", Book.objects.sum("pages"))
    average = await Book.objects.async_average("reviews.stars")
    show("await Book.objects.async_average('reviews.stars')", average)


STEPS = [connections, a_model, in_and_out, changes, queries, updates, aggregation]
