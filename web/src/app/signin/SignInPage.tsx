import { Empty } from "~/app/Empty";

export function SignInPage() {
  return <Empty title="Sign in">The sign-in will be here.</Empty>;
}
