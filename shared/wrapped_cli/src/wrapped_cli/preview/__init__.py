"""The preview: reports as self-contained HTML pages, to look at and to send around.

`source` reads MongoDB, `deck` and `group_page` decide what is shown, `charts` computes shapes, `pages` renders the
templates, `site` writes files. Nothing here computes a statistic. Pages ask nothing of any server: pictures are
inlined, and a content security policy forbids every request.
"""
