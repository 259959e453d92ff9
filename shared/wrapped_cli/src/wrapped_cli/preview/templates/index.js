(() => {
  'use strict';
  const list = document.querySelector('[data-players]');
  const tools = document.querySelector('.tools');
  const search = tools.querySelector('input');
  const sort = tools.querySelector('select');
  const status = tools.querySelector('[role=status]');
  const players = [...list.children].map((item, place) => ({ item, place, ...item.dataset }));

  const find = () => {
    const words = search.value.toLowerCase().replace(/[_-]/g, ' ').split(/\s+/).filter(Boolean);
    let shown = 0;
    players.forEach(({ item, name }) => {
      const plain = name.replace(/[_-]/g, ' ');
      item.hidden = !words.every((word) => plain.includes(word));
      shown += !item.hidden;
    });
    status.textContent = words.length ? `${shown} of ${players.length} players` : '';
  };
  const order = () => {
    const by = sort.value;
    players.sort((a, b) => (by === 'name' ? 0 : b[by] - a[by]) || a.place - b.place);
    list.append(...players.map(({ item }) => item));
  };

  search.addEventListener('input', find);
  sort.addEventListener('change', order);
  tools.hidden = false;
  find(); // a browser may have kept what was typed before
  order();
})();
