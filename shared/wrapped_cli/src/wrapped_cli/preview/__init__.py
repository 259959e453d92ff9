"""The preview: reports as self-contained HTML pages, to view and to share.

`source` reads MongoDB, `deck` and `group_page` decide what is shown, `charts` computes shapes, `pages` renders the
templates, `site` writes files. Nothing here computes a statistic. Pages make no network requests: pictures are
inlined, and a content security policy blocks every request.
"""
