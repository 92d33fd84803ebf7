"""What MkDocs is told of the pages that nobody wrote."""

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from stillup.mkdocs_plugin import StillupPlugin
from stillup.site.shell import sentinel_pages


def test_status_pages_are_folders_whatever_the_markdown_pages_are():
    config = MkDocsConfig()
    config.load_dict({"site_name": "Status", "use_directory_urls": False})
    config.validate()
    config.plugins._current_plugin = "stillup"
    files = Files([])
    for page in sentinel_pages():
        StillupPlugin()._add(page, files, config)

    assert {file.src_uri: file.url for file in files}["maintenance.md"] == "maintenance/"
