// The page's JavaScript: correctness by ESLint's own recommendation, and a few habits of this code.

import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["**/*", "!autograd/**/", "!docs/", "!nn/**/", "!autograd/stepper/web/*.js", "!nn/views/web/*.js", "!docs/*.js"] },
  {
    ...js.configs.recommended,
    files: ["autograd/stepper/web/*.js", "nn/views/web/*.js", "docs/*.js"],
    languageOptions: { globals: globals.browser },
    rules: {
      ...js.configs.recommended.rules,
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-shadow": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
];
