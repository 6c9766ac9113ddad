// Markup that comes as one component: [tag, attributes, ...children], and without a tag for children alone.
(function () {
  "use strict";
  // An address that runs something when it is followed is left out, as Dash's own links leave it out.
  const harmless = (address) => /^(https?:|mailto:|[/?#.])/i.test(address);
  function element(part) {
    if (!Array.isArray(part)) return part;
    const [tag, attributes, ...children] = part;
    const { href, ...others } = attributes;
    const given = href === undefined || !harmless(href) ? others : attributes;
    return window.React.createElement(tag || window.React.Fragment, given, ...children.map(element));
  }
  window.portal_parts = { Still: ({ content }) => element(content) };
})();
