import { Loader } from "@mantine/core";

import classes from "./Page.module.css";

export function PageLoading() {
  return (
    <div className={classes["middle"]} role="status">
      <Loader size="sm" type="dots" color="gray" />
      <span className="visually-hidden">Loading the page</span>
    </div>
  );
}
