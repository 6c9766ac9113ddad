// Dash's components wait for their later scripts in a generator that was translated for browsers without generators. This
// runs it: its steps one by one, each with what the one before waited for. Dash's own way is a script for browsers in
// which nothing else here would run, and costs every page as much as its layout does.
(function () {
  "use strict";
  window.regeneratorRuntime = {
    mark: (generator) => generator,
    wrap(step) {
      const state = { prev: 0, next: 0, sent: undefined, ended: false, stop() { state.ended = true; } };
      return {
        next(sent) {
          state.sent = sent;
          const value = step(state);
          return { value, done: state.ended };
        },
        throw(error) { throw error; },
      };
    },
  };
})();
