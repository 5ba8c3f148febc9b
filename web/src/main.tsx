import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app/App";
import { keepAtHand } from "./app/keepAtHand";
import { watchConnection } from "./lib/connection";
import { keepFocus } from "./lib/keys/keptFocus";
import { listenToKeys } from "./lib/keys/keys";
import { watchOtherTabs } from "./lib/session/session";

watchConnection();
watchOtherTabs();
listenToKeys();
keepFocus();

keepAtHand();

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root.");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
