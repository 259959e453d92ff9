"""What is wrong with the layout of a page, found in the browser: words broken, texts over each other, overflow."""

from playwright.sync_api import Page

_FAULTS = r"""() => {
  const faults = new Set(), boxes = [];
  const hidden = (node) => node.closest('.sr, .who, title, details:not([open]) > div, [hidden]')
    || getComputedStyle(node).visibility === 'hidden' || !node.getClientRects().length;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode, parent = node.parentElement;
    if (!node.data.trim() || parent.closest('script') || hidden(parent)) continue;
    for (const word of node.data.matchAll(/[^\s/-]+/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const rects = [...range.getClientRects()].filter((rect) => rect.width > 0.5);
      if (new Set(rects.map((rect) => Math.round(rect.top))).size > 1) faults.add('broken: ' + word[0]);
      rects.forEach((rect) => boxes.push([rect, word[0], parent.closest('.slide, .wide')]));
    }
  }
  boxes.forEach(([a, word, slide], at) => boxes.slice(at + 1).forEach(([b, other, there]) => {
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    const lies = across > 2 && down > Math.min(a.height, b.height) * 0.35;
    if (slide === there && lies) faults.add(`${word} over ${other}`);
  }));
  document.querySelectorAll('.inner *, .wide *').forEach((node) => {
    if (node.closest('.scroll, svg') || hidden(node)) return;
    if (node.getBoundingClientRect().right > node.closest('.inner, .wide').getBoundingClientRect().right + 1)
      faults.add('overflow: ' + node.className);
  });
  if (document.documentElement.scrollWidth > innerWidth) faults.add('the page scrolls sideways');
  const pager = document.querySelector('.controls'), deck = document.querySelector('.deck');
  if (pager && getComputedStyle(pager).display !== 'none') {
    const a = pager.getBoundingClientRect(), b = deck.getBoundingClientRect();
    if (Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1) faults.add('the pager lies over the slides');
  }
  return [...faults];
}"""


def layout_faults(page: Page) -> list[str]:
    """Return the faults of the page as it is shown, all slides included; empty if there are none."""
    found: list[str] = page.evaluate(_FAULTS)
    return found
