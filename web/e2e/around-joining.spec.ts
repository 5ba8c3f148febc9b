import { randomUUID } from "node:crypto";

import { codeMailedTo, given, mayOperate, newcomer, newOrg, newProject, pageOf } from "./support/around";
import { apiAs, signInAs } from "./support/stack";
import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support/test";

test("somebody is invited by a link, makes an account, accepts, and has the roles", async ({ browser }) => {
  test.slow();
  const owner = await newcomer("Olga Owner");
  const orgId = await newOrg(owner, "Invitations Ltd");
  await newProject(owner, orgId, "Project Amber");
  const page = await pageOf(browser, owner);
  await page.goto(`/app/orgs/${orgId}?tab=invitations`);
  await expect(page.getByRole("heading", { name: "Nobody was invited yet" })).toBeVisible();
  await page.getByRole("button", { name: "Invite somebody" }).click();
  const dialog = page.getByRole("dialog", { name: /Invite somebody/ });
  const email = `nina.${randomUUID().slice(0, 8)}@example.org`;
  await dialog.getByLabel("Address").fill("nobody");
  await dialog.getByRole("button", { name: "Make the link" }).click();
  await expect(dialog.getByText("That is no address.")).toBeVisible();
  await dialog.getByLabel("Address").fill(email);
  await dialog.getByRole("combobox", { name: "Project" }).click();
  await page.getByRole("option", { name: "Project Amber" }).click();
  await dialog.getByRole("combobox", { name: "Role in the project" }).click();
  await page.getByRole("option", { name: "Reviewer" }).click();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Make the link" }).click();
  const link = await dialog.getByLabel("The link").innerText();
  expect(link).toContain("/app/invitations/");
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("row", { name: new RegExp(email) })).toContainText("Open until");

  const guest = await pageOf(browser, null);
  await guest.goto(new URL(link).pathname);
  await expect(guest.getByText("You are invited. Sign in, or make an account, to accept.")).toBeVisible();
  await expectAccessible(guest);
  await guest.getByRole("link", { name: "Make an account" }).click();
  await expect(guest.getByRole("heading", { name: "Make an account" })).toBeVisible();
  await guest.getByLabel("Name").fill("Nina Newcomer");
  await guest.getByLabel("Email").fill(email);
  await guest.getByLabel("Password", { exact: true }).fill("short");
  await guest.getByRole("button", { name: "Make the account" }).click();
  await expect(guest.getByText("A password has 10 to 72 letters.")).toBeVisible();
  await expectAccessible(guest);
  await guest.getByLabel("Password", { exact: true }).fill("a-long-enough-password");
  await guest.getByRole("button", { name: "Make the account" }).click();
  await expect(guest.getByRole("heading", { name: "You are invited" })).toBeVisible();
  await expectAccessible(guest);
  await guest.getByRole("button", { name: "Accept as Nina Newcomer" }).click();
  await expect(guest.getByRole("heading", { name: "Project Amber" })).toBeVisible();
  await expect(guest.getByText(/You are reviewer here/)).toBeVisible();

  await page.reload();
  await expect(page.getByRole("row", { name: new RegExp(email) })).toContainText("Accepted");
  await guest.goto(new URL(link).pathname);
  await guest.getByRole("button", { name: /Accept as/ }).click();
  await expect(guest.getByRole("heading", { name: "Project Amber" })).toBeVisible();
});

test("an invitation that was taken back, or is for somebody else, opens nothing and says so", async ({
  browser,
}) => {
  const owner = await newcomer("Otto Owner");
  const orgId = await newOrg(owner, "Closed Ltd");
  const invite = async (email: string | null) =>
    given(
      await apiAs(owner).POST("/orgs/{org_id}/invitations", {
        params: { path: { org_id: orgId } },
        body: { email, org_role: "member", expires_in_days: 1 },
      }),
    );
  const open = await invite(null);
  const others = await invite("somebody.else@example.org");
  const page = await pageOf(browser, owner);
  await page.goto(`/app/orgs/${orgId}?tab=invitations`);
  await page.getByRole("button", { name: "Take back the invitation of Whoever has the link" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
  await expect(page.getByRole("row", { name: /Whoever has the link/ })).toContainText("Taken back");

  const guest = await pageOf(browser, await newcomer("Gus Guest"));
  await guest.goto(open.link);
  await guest.getByRole("button", { name: "Accept as Gus Guest" }).click();
  await expect(guest.getByRole("alert")).toContainText("taken back");
  await guest.goto(others.link);
  await guest.getByRole("button", { name: "Accept as Gus Guest" }).click();
  await expect(guest.getByRole("alert")).toContainText("for another address");
  await guest.getByRole("button", { name: "Sign in as somebody else" }).click();
  await expect(guest).toHaveURL(/sign-in\?next=.*invitations/);
});

test("a new password is asked for by mail, and a wrong code is refused", async ({ browser }) => {
  const person = await newcomer("Rita Reset");
  const page = await pageOf(browser, null);
  await page.goto("/app/sign-in");
  await page.getByRole("link", { name: "set a new password" }).click();
  await expect(page.getByRole("heading", { name: "A new password" })).toBeVisible();
  await page.getByLabel("Email").fill(person.email);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Send me a code" }).click();
  await expect(page.getByRole("status")).toContainText("a mail with a code is under way");
  await page.getByLabel("Code").fill("123456");
  await page.getByLabel("New password").fill("another-long-password");
  await page.getByRole("button", { name: "Set the password" }).click();
  await expect(page.getByRole("alert")).toContainText("This code is wrong");
  await expectAccessible(page);
});

test("the code of the mail sets a new password, and the old one is worth nothing", async ({ browser }) => {
  test.skip(!mayOperate, "The mails of this product are not ours to read.");
  const person = await newcomer("Rhea Reset");
  const page = await pageOf(browser, null);
  await page.goto("/app/reset-password");
  await page.getByLabel("Email").fill(person.email);
  await page.getByRole("button", { name: "Send me a code" }).click();
  await expect(page.getByRole("status")).toContainText("a mail with a code is under way");
  await expect.poll(() => codeMailedTo(person.email)).toMatch(/^\d{6,}$/);
  await page.getByLabel("Code").fill(codeMailedTo(person.email) ?? "");
  await page.getByLabel("New password").fill("another-long-password");
  await page.getByRole("button", { name: "Set the password" }).click();
  await page.waitForURL(/\/app\/books/);
  await expect(page.getByRole("button", { name: `You: ${person.name}` })).toBeVisible();
  await expect(signInAs(person)).rejects.toThrow("sign_in_refused");
  expect((await signInAs({ ...person, password: "another-long-password" })).personId).toBe(person.personId);
});

test("a trial begins without an account, and becomes one with its work", async ({ browser }) => {
  test.slow();
  const owner = await newcomer("Tessa Owner");
  const orgId = await newOrg(owner, "Trials Ltd");
  const page = await pageOf(browser, owner);
  await page.goto(`/app/orgs/${orgId}?tab=trials`);
  await page.getByRole("link", { name: "The settings" }).click();
  await page.getByRole("switch", { name: "Trials without an account" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("tab", { name: "Trials" }).click();
  const address = await page.getByLabel("Address of the trial").innerText();

  const guest = await pageOf(browser, null);
  await guest.goto(new URL(address).pathname);
  await expectAccessible(guest);
  await guest.getByRole("button", { name: "Begin the trial" }).click();
  await expect(guest.getByText(/You are trying it out until/)).toBeVisible();
  await guest.getByRole("button", { name: "New book" }).first().click();
  const dialog = guest.getByRole("dialog", { name: "New book" });
  await dialog.getByLabel("Title").fill("A book of the trial");
  await dialog.getByRole("button", { name: "Begin the book" }).click();
  await expect(guest).toHaveURL(/\/app\/books\/[0-9a-f]/);
  await guest.goto("/app/settings");
  await guest.getByLabel("Name").fill("Theo Trial");
  await guest.getByLabel("Email").fill(`theo.${randomUUID().slice(0, 8)}@example.org`);
  await guest.getByLabel("Password", { exact: true }).fill("a-long-enough-password");
  await expectAccessible(guest);
  await guest.getByRole("button", { name: "Make the account" }).click();
  await expect(guest.getByRole("link", { name: "Trials Ltd" })).toBeVisible();
  await expect(guest.getByText(/You are trying it out/)).toBeHidden();
  await guest.goto("/app/books");
  await expect(guest.getByRole("link", { name: "A book of the trial" })).toBeVisible();

  await page.reload();
  await expect(page.getByText("Made an account")).toBeVisible();
});

test("an address without a trial says what to do instead", async ({ browser }) => {
  const page = await pageOf(browser, null);
  await page.goto(`/app/trial/${randomUUID()}`);
  await page.getByRole("button", { name: "Begin the trial" }).click();
  await expect(page.getByRole("alert")).toContainText("offers no trial");
});

test("joining works on a phone", async ({ browser }) => {
  const page = await pageOf(browser, null);
  await page.setViewportSize({ width: 390, height: 844 });
  for (const address of ["/app/sign-up", "/app/reset-password", `/app/trial/${randomUUID()}`]) {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectNoSidewaysScroll(page);
  }
});
