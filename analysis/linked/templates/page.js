"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const { words, classes, views } = read("payload");
  const plots = read("plots-json");
  const element = (id) => document.getElementById(id);
  const variable = element("variable"), time = element("time");
  let cities, slope, scatter;

  const minus = (text) => text.replace("-", "\u2212");
  const number = (value, digits) =>
    value === null ? "\u2013" : minus(Number(value.toPrecision(digits)).toString());
  const probability = (p) => (p === null ? "\u2013" : p < 0.001 ? "< 0.001" : p.toFixed(3));
  const gaps = (values) => values.map((value) => (value === null ? NaN : value));

  const current = () => {
    const view = views[variable.selectedIndex];
    return { view, part: view.parts[Number(time.value)] };
  };

  const extent = (view, key) => {
    const known = view.parts.flatMap((part) => part[key]).filter((value) => value !== null);
    const low = Math.min(0, ...known), high = Math.max(0, ...known);
    const edge = 0.06 * (high - low || 1);
    return [low - edge, high + edge];
  };

  const frame = (view) => {
    for (const [range, key] of [[scatter.x_range, "z"], [scatter.y_range, "lag"]]) {
      const [start, end] = extent(view, key);
      range.setv({ start, end, reset_start: start, reset_end: end });
    }
    scatter.below[0].axis_label = view.axes[0];
    scatter.left[0].axis_label = view.axes[1];
  };

  const probabilities = (view, part) =>
    part.p_value.map((p, i) =>
      view.corrected ? `${probability(p)} (${probability(part.p_adjusted[i])})` : probability(p));

  const show = () => {
    const { view, part } = current();
    const of = part.code.map((code) => classes[code]);
    cities.data = {
      ...cities.data,
      z: gaps(part.z),
      lag: gaps(part.lag),
      face: of.map((one) => one.face),
      hatch: of.map((one) => one.hatch || " "),
      class_text: of.map((one) => one.text),
      value_text: part.value.map((value) => number(value, 5)),
      z_text: part.z.map((value) => number(value, 3)),
      lag_text: part.lag.map((value) => number(value, 3)),
      p_text: probabilities(view, part),
    };
    const [low, high] = extent(view, "z");
    const rise = part.slope === null ? NaN : part.slope;
    slope.data = { x: [low, high], y: [low * rise, high * rise] };
    element("time-now").textContent = part.time;
    element("slope").textContent = words.slope.replace("{value}", number(part.slope, 3));
    element("note").textContent = view.note;
    legend(part);
    name();
  };

  const swatch = (one) => {
    const lines = { "/": "M-2 15L13 -2M5 17L20 -2M13 17L28 -2", x: "M-2 15L13 -2M5 17L20 -2M13 17L28 -2M-2 -2L13 15M5 -2L20 17M13 -2L28 17" };
    const hatch = lines[one.hatch] ? `<path d="${lines[one.hatch]}" stroke="#9a9a9a" fill="none"/>` : "";
    return `<svg viewBox="0 0 22 13" aria-hidden="true"><rect width="22" height="13" fill="${one.face}" stroke="#8c8c8c"/>${hatch}</svg>`;
  };

  const legend = (part) => {
    element("legend").replaceChildren(...classes.map((one, code) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.key = one.key;
      button.innerHTML = swatch(one);
      button.append(`${one.text} (${part.counts[code]})`);
      button.addEventListener("click", () => {
        cities.selected.indices = part.code.flatMap((other, i) => (other === code ? [i] : []));
      });
      const item = document.createElement("li");
      item.append(button);
      return item;
    }));
  };

  const name = () => {
    const chosen = cities.selected.indices;
    const names = chosen.slice(0, 40).map((i) => cities.data.name[i]);
    const more = chosen.length > names.length ? words.more : "";
    element("selected").textContent = chosen.length
      ? words.selected.replace("{count}", chosen.length) + words.colon + names.join(words.comma) + more
      : words.nothing;
    element("clear").hidden = !chosen.length;
  };

  const moved = () => {
    time.max = views[variable.selectedIndex].parts.length - 1;
    element("time-label").hidden = time.max === "0";
    frame(views[variable.selectedIndex]);
    show();
  };

  const start = async () => {
    await Promise.all([...document.fonts].map((font) => font.load()));
    await Bokeh.embed.embed_item(plots, "plots");
    const found = Bokeh.documents[0];
    cities = found.get_model_by_name("cities");
    slope = found.get_model_by_name("slope");
    scatter = found.get_model_by_name("scatter");
    variable.append(...views.map((view) => new Option(view.name)));
    element("variable-label").hidden = views.length === 1;
    variable.selectedIndex = 0;
    time.max = views[0].parts.length - 1;
    time.value = time.max;
    variable.addEventListener("change", moved);
    time.addEventListener("input", show);
    element("clear").addEventListener("click", () => { cities.selected.indices = []; });
    cities.selected.properties.indices.change.connect(name);
    moved();
    document.body.dataset.ready = "yes";
  };

  start();
})();
