"""What one run puts on the stage: the files of each record, then every page and file that tells of several."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from stillup.artifact import Artifact
from stillup.pipeline.building.outcome import Built
from stillup.pipeline.event_log.backlog import settle
from stillup.pipeline.event_log.pages import EventPages
from stillup.pipeline.pages.frontage import Frontage
from stillup.pipeline.reading import looks
from stillup.pipeline.tree.manifest import Manifest, line
from stillup.pipeline.tree.movement import Movement
from stillup.pipeline.tree.stage import Stage
from stillup.pipeline.tree.tree import Tree
from stillup.records.shelf import Shelf
from stillup.site.offline import linked_to_files
from stillup.site.shell import Shell

if TYPE_CHECKING:
    from stillup.pipeline.building.run import Run
    from stillup.pipeline.pages.assemble import Assembly

STORIES = "incidents"
"""The folder with one folder for each record."""


class Writing:
    """One tree on its way to the stage; its run has read everything."""

    manifest: Artifact
    """What stands in the tree, once all of it was put."""

    def __init__(self, run: "Run", frontage: Frontage, shells: Mapping[str, Shell], stage: Stage) -> None:
        """Write what `run` has read into the shells and beside the files of `frontage`."""
        self._run, self._frontage, self._shells = run, frontage, shells
        self._index = run.index
        self._digests = " ".join(f"{kind}={shell.digest}" for kind, shell in sorted(shells.items()))
        self._tree = Tree(run.site_dir, stage)
        self._published = Manifest(self._index, lambda path: (run.site_dir / path).read_bytes())

    def put(self, kept: Iterable[str]) -> Callable[[Iterable[Built]], Built]:
        """Put everything on the stage; the paths in `kept` stand in this tree and another run has put them there.

        Return what keeps that it is done, to be called with what became of the trees below once all stands in place.
        """
        run, tree, index = self._run, self._tree, self._index
        extra = self._extra()
        gathered = run.gathered
        moved = Movement(index, gathered.before, fresh=gathered.fresh)
        whole = gathered.fresh or index.note("shells") != self._digests
        assembly = run.assembly(tree, moved, self._published, whole=whole)
        events = EventPages(run.chain, index)
        if not whole and tree.missing([*assembly.standing(), *events.standing()]):
            # Another one: what stands, and what has changed, was decided for a page of which nothing is missing.
            assembly = run.assembly(tree, moved, self._published, whole=True)
        self._put_leaves(assembly)
        self._put_rest(assembly)
        self._put_events(events, whole=assembly.whole)
        self._put_manifest()
        for path in kept:
            tree.keep(path)
        tree.sweep(STORIES, extra | moved.names, [other.at.rstrip("/") for other in run.trees])
        assembly.remember()
        if run.edition.settings.ledger and not run.edition.main:
            settle(index, gathered, run.chain.appended, run.edition.at)
        index.keep("shell", self._shells["incident"].digest)
        index.keep("shells", self._digests)
        return self._seal

    def _seal(self, below: Iterable[Built]) -> Built:
        index, tree, trees = self._index, self._tree, list(below)
        index.keep("listing", tree.stamp(STORIES))
        index.save()
        return Built(
            site=self._run.site_dir,
            records=index.count(),
            written=tree.written + sum(each.written for each in trees),
            removed=tree.removed + sum(each.removed for each in trees),
            warnings=self._run.warnings,
            anew=self._run.anew or next((each.anew for each in trees if each.anew), ""),
        )

    def _extra(self) -> set[str]:
        """Return which names among the stories' folders must go; tell all stories again where one that stays is away.

        The names are compared only where one may have come or gone since the last run.
        """
        tree, gathered = self._tree, self._run.gathered
        extra, complete = gathered.removed, True
        if self._index.note("listing") != tree.stamp(STORIES) or not tree.stamp(STORIES):
            listed, known = tree.listed(STORIES), Shelf(self._index).names()
            expected = {name for id in known.keys() - gathered.changed for name in known[id]}
            before = {name for each in gathered.before.values() for name in each.names.split()}
            told = gathered.changed | before
            extra, complete = listed - expected - told, not expected - listed - told
        if gathered.fresh:
            return tree.listed(STORIES) - gathered.changed
        if not complete:
            self._run.gather_again("pages of records were taken away")
        elif self._index.note("shell") != self._shells["incident"].digest:
            self._run.gather_again("the frame of pages changed")
        else:
            return extra
        return tree.listed(STORIES) - self._run.gathered.changed

    def _put_leaves(self, assembly: "Assembly") -> None:
        """Put the files of every record that was told, and the documents of those that are open."""
        documents, moved, tree = assembly.open_documents(), assembly.moved, self._tree
        shell = self._shells["incident"]
        for made in self._run.leaves():
            files = [*made.files(shell)]
            if document := documents.pop(made.id, None):
                files.append((document.path, document.body))
            files = [(path, self._shown(path, body)) for path, body in files]
            for path, body in files:
                tree.put(path, body)
            moved.turn(made.extract(",".join([line(path, body) for path, body in files])))
        for id, document in documents.items():
            tree.put(document.path, document.body)
            moved.refile(id, {document.path: line(document.path, document.body)})
        moved.drop(self._run.gathered.removed)
        moved.close()

    def _put_rest(self, assembly: "Assembly") -> None:
        """Put every file that is not one record's alone."""
        for path, made in self._rest(assembly):
            body = self._shown(path, made)
            self._tree.put(path, body)
            self._published.put(path, body)
        for path in assembly.standing():
            self._tree.keep(path)
            self._published.keep(path)

    def _shown(self, path: str, body: bytes) -> bytes:
        """Return `body` as it is published: as it is, unless it is a page for readers without a web server."""
        return linked_to_files(body) if self._run.offline and path.endswith(".html") else body

    def _rest(self, assembly: "Assembly") -> Iterator[tuple[str, bytes]]:
        edition, frontage = self._run.edition, self._frontage
        for path in frontage.published() if not edition.main else ():
            if path != "search/search_index.json":
                yield path, looks.styled(edition.settings, path, (frontage.static / path).read_bytes())
        for page in assembly.pages():
            yield page.path, self._shells[page.kind].page(page)
        for artifact in assembly.artifacts(frontage):
            yield artifact.path, artifact.body

    def _put_events(self, events: "EventPages", *, whole: bool) -> None:
        for artifact in events.artifacts(whole=whole):
            self._tree.put(artifact.path, artifact.body)
        for path in (*events.paths(), *events.parts()):
            self._tree.keep(path)
        for path in events.parts():
            self._published.put(path, self._tree.read(path))

    def _put_manifest(self) -> None:
        for other in self._run.trees:
            self._published.put(f"{other.at}{other.manifest.path}", other.manifest.body)
        for artifact in self._published.shelved():
            self._tree.put(artifact.path, artifact.body)
            self._published.put(artifact.path, artifact.body)
        self.manifest = self._published.whole(self._run.edition)
        self._tree.put(self.manifest.path, self.manifest.body)
