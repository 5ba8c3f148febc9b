import { given, joined, newcomer, newOrg, newProject, pageOf } from "./support/around";
import { apiAs, URL } from "./support/stack";
import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support/test";

test("an organisation is begun, renamed, handed over and left", async ({ browser }) => {
  test.slow();
  const owner = await newcomer("Anna Owner");
  const page = await pageOf(browser, owner);
  await page.goto("/app/orgs");
  await expect(page.getByRole("heading", { name: "You belong to no organisation yet" })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "New organisation" });
  await dialog.getByRole("button", { name: "Begin the organisation" }).click();
  await expect(dialog.getByText("It needs a name.")).toBeVisible();
  await dialog.getByLabel("Name").fill("Amber & Sons");
  await dialog.getByRole("button", { name: "Begin the organisation" }).click();
  await expect(page.getByRole("heading", { name: "Amber & Sons" })).toBeVisible();
  const orgId = /orgs\/([0-9a-f-]+)/.exec(page.url())?.[1] ?? "";
  const heir = await joined(owner, orgId, "Ben Heir", { org_role: "member" });

  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByLabel("Name").fill("Amber & Daughters");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Amber & Daughters" })).toBeVisible();
  await page.getByRole("button", { name: "Leave the organisation" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await expect(page.getByRole("alert")).toContainText("last owner");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();

  await page.reload();
  await page.getByRole("combobox", { name: "New owner" }).click();
  await page.getByRole("option", { name: "Ben Heir" }).click();
  await page.getByRole("button", { name: "Transfer the ownership" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Transfer" }).click();
  await expect(page.getByText("You are an admin here.")).toBeVisible();
  // What only owners may do is gone.
  await expect(page.getByRole("heading", { name: "Ownership" })).toBeHidden();
  await page.getByRole("button", { name: "Leave the organisation" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await expect(page.getByRole("heading", { name: "You belong to no organisation yet" })).toBeVisible();
  const orgs = given(await apiAs(heir).GET("/orgs")).items;
  expect(orgs[0]?.role).toBe("owner");
});

test("roles are changed where they stand, members are found and removed", async ({ browser }) => {
  test.slow();
  const owner = await newcomer("Carla Owner");
  const orgId = await newOrg(owner, "Members Ltd");
  const dan = await joined(owner, orgId, "Dan Member", { org_role: "member" });
  await joined(owner, orgId, "Eva Billing", { org_role: "billing" });
  const page = await pageOf(browser, owner);
  await page.goto(`/app/orgs/${orgId}`);
  const status = page.getByRole("status").filter({ hasText: /members?$/ });
  await expect(status).toHaveText("3 members");
  await expectAccessible(page);
  await page.keyboard.press("f");
  await page.keyboard.type("dan");
  await expect(status).toHaveText("1 member");
  await page.getByRole("combobox", { name: "Role of Dan Member" }).click();
  await page.getByRole("option", { name: /Admin/ }).click();
  await expect(page.getByRole("row", { name: /Dan Member/ })).toContainText("saved");
  expect(given(await apiAs(dan).GET("/orgs")).items[0]?.role).toBe("admin");

  // Somebody else's open page follows; an admin does not change owners.
  const dans = await pageOf(browser, dan);
  await dans.goto(`/app/orgs/${orgId}`);
  await expect(dans.getByRole("row", { name: /Carla Owner/ })).toContainText("Owner");
  await expect(dans.getByRole("combobox", { name: "Role of Carla Owner" })).toBeHidden();
  await expect(dans.getByRole("button", { name: "Remove Carla Owner" })).toBeHidden();
  await expect(dans.getByRole("button", { name: "Remove Eva Billing" })).toBeVisible();

  await page.getByRole("button", { name: "Remove Dan Member" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("Nobody like that.")).toBeVisible();
  expect(given(await apiAs(dan).GET("/orgs")).items).toEqual([]);
});

test("a thousand members are walked in pages", async ({ browser }) => {
  const owner = await newcomer("Fay Owner");
  const orgId = await newOrg(owner, "Large Ltd");
  const page = await pageOf(browser, owner);
  await page.route(/\/orgs\/[0-9a-f-]+\/members$/, (route) =>
    route.fulfill({
      json: {
        items: Array.from({ length: 1_000 }, (_, number) => ({
          user_id: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
          email: `member${number}@example.org`,
          full_name: `Member ${number}`,
          role: "member",
          created_at: "2026-01-01T00:00:00Z",
        })),
        next_cursor: null,
      },
    }),
  );
  await page.goto(`/app/orgs/${orgId}`);
  await expect(page.getByText("1,000 members")).toBeVisible();
  expect(await page.getByRole("row").count()).toBeLessThan(60);
  await page.getByRole("button", { name: "last page" }).click();
  await expect(page.getByRole("cell", { name: "Member 999", exact: true })).toBeVisible();
  await page.getByLabel("Find by name or address").fill("member7");
  await expect(page.getByText("111 members")).toBeVisible();
});

test("teams are made, filled and deleted", async ({ browser }) => {
  const owner = await newcomer("Gina Owner");
  const orgId = await newOrg(owner, "Teams Ltd");
  await joined(owner, orgId, "Hugo Member", { org_role: "member" });
  const page = await pageOf(browser, owner);
  await page.goto(`/app/orgs/${orgId}?tab=teams`);
  await page.getByRole("button", { name: "New team" }).click();
  await page.getByLabel("Name").fill("Consumer");
  await page.getByRole("button", { name: "Make the team" }).click();
  await page.getByRole("button", { name: "Consumer", exact: true }).click();
  await page.getByRole("combobox", { name: "Add somebody to Consumer" }).click();
  await page.getByRole("option", { name: "Hugo Member" }).click();
  const people = page.getByRole("list", { name: "Members of Consumer" });
  await expect(people.getByText("Hugo Member")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Take out Hugo Member of Consumer" }).click();
  await expect(page.getByText("Nobody is in it yet.")).toBeVisible();
  await page.getByRole("button", { name: "Delete Consumer" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("heading", { name: "No teams yet" })).toBeVisible();
});

test("a project's people get roles, and what a role may not do is not offered", async ({ browser }) => {
  test.slow();
  const owner = await newcomer("Ines Owner");
  const orgId = await newOrg(owner, "Projects Ltd");
  const projectId = await newProject(owner, orgId, "Project Cedar");
  const jo = await joined(owner, orgId, "Jo Member", { org_role: "member" });
  const page = await pageOf(browser, owner);
  await page.goto(`/app/orgs/${orgId}?tab=projects`);
  await page.getByRole("link", { name: "Project Cedar" }).click();
  await page.getByRole("combobox", { name: "Address of a member" }).fill("stranger@example.org");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByRole("combobox", { name: "Address of a member" }).fill(jo.email);
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: "Role to give" }).click();
  await page.getByRole("option", { name: "Viewer", exact: true }).click();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("row", { name: /Jo Member/ })).toBeVisible();
  await expectAccessible(page);

  const jos = await pageOf(browser, jo);
  await jos.goto(`/app/projects/${projectId}`);
  await expect(jos.getByText("You are viewer here: reads and exports.")).toBeVisible();
  await expect(jos.getByText("The project’s leads, and owners and admins, change this.")).toBeVisible();
  await expect(jos.getByRole("button", { name: "New deal" })).toBeHidden();
  await expect(jos.getByRole("combobox", { name: /Role of/ })).toHaveCount(0);
  for (const [address, refusal] of [
    ["/app/audit", "Only owners and admins see the audit log"],
    ["/app/applications", "Only owners and admins see applications"],
  ] as const) {
    await jos.goto(address);
    await expect(jos.getByRole("heading", { name: refusal })).toBeVisible();
    await expect(jos.getByText(/At Projects Ltd you are member/)).toBeVisible();
  }
  await jos.goto(`/app/orgs/${orgId}`);
  await expect(jos.getByRole("tab")).toHaveText(["Projects", "Teams", "API keys", "Settings"]);

  await page.getByRole("combobox", { name: "Role of Jo Member" }).click();
  await page.getByRole("option", { name: /Lead/ }).click();
  await expect(page.getByRole("row", { name: /Jo Member/ })).toContainText("saved");
  await jos.goto(`/app/projects/${projectId}`);
  await expect(jos.getByText(/You are lead here/)).toBeVisible();
  await expect(jos.getByRole("button", { name: "New deal" })).toBeVisible();
});

test("a key is shown once, works, and works no more when revoked", async ({ browser }) => {
  const owner = await newcomer("Kim Owner");
  const orgId = await newOrg(owner, "Keys Ltd");
  const page = await pageOf(browser, owner);
  await page.goto(`/app/orgs/${orgId}?tab=keys`);
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog", { name: "New key" });
  await dialog.getByRole("button", { name: "Make the key" }).click();
  await expect(dialog.getByText("Choose what it may do.")).toBeVisible();
  await dialog.getByLabel("Name").fill("Nightly");
  await dialog.getByRole("combobox", { name: "What it may do" }).fill("org.read");
  await page.getByRole("option", { name: "org.read" }).click();
  await page.keyboard.press("Escape");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Make the key" }).click();
  const key = await dialog.getByLabel("The key").innerText();
  await dialog.getByRole("button", { name: "Done" }).click();
  const reading = () => fetch(`${URL}/orgs/${orgId}`, { headers: { authorization: `Bearer ${key}` } });
  expect((await reading()).status).toBe(200);
  await expect(page.getByText(key)).toHaveCount(0);
  const row = page.getByRole("row", { name: /Nightly/ });
  await expect(row).toContainText("org.read");
  await page.getByRole("button", { name: "Revoke Nightly" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(row).toContainText("Revoked");
  expect((await reading()).status).toBe(401);
});

test("a flag is rolled out to a person first, switched off for all, and forgotten", async ({ browser }) => {
  test.slow();
  const owner = await newcomer("Lena Owner");
  const orgId = await newOrg(owner, "Flags Ltd");
  const max = await joined(owner, orgId, "Max Member", { org_role: "member" });
  const flagsOf = async (person: typeof owner) =>
    given(await apiAs(person).GET("/flags")).items.find(({ org_id }) => org_id === orgId)?.flags[
      "compose_runs"
    ];
  const page = await pageOf(browser, owner);
  await page.goto(`/app/orgs/${orgId}?tab=flags`);
  const flag = page.getByRole("listitem").filter({ hasText: "compose_runs" });
  await expect(flag).toContainText("As the product comes.");
  await page.getByRole("button", { name: "Roll out compose_runs" }).click();
  const dialog = page.getByRole("dialog", { name: "Who has compose_runs" });
  await dialog.getByRole("combobox", { name: "and these people" }).click();
  await page.getByRole("option", { name: "Max Member" }).click();
  await page.keyboard.press("Escape");
  await dialog.getByRole("slider").focus();
  await page.keyboard.press("Home");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Set", exact: true }).click();
  await expect(flag).toContainText("On for 1 person.");
  await expect.poll(() => flagsOf(max)).toBe(true);
  expect(await flagsOf(owner)).toBe(false);
  await page.getByRole("button", { name: "Switch off compose_runs" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Switch off" }).click();
  await expect(flag).toContainText("Switched off for everybody.");
  await expect.poll(() => flagsOf(max)).toBe(false);
  await page.getByRole("button", { name: "As for all: compose_runs" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "As for all" }).click();
  await expect(flag).toContainText("As the product comes.");
});

test("an organisation's pages fit a phone", async ({ as }) => {
  const { page, person } = await as("owner");
  await page.setViewportSize({ width: 390, height: 844 });
  const org = given(await apiAs(person).GET("/orgs")).items[0]?.org_id ?? "";
  await page.goto("/app/orgs");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expectNoSidewaysScroll(page);
  for (const tab of ["members", "invitations", "projects", "teams", "keys", "flags", "trials", "settings"]) {
    await page.goto(`/app/orgs/${org}?tab=${tab}`);
    await expect(page.getByRole("tabpanel")).toBeVisible();
    await expectNoSidewaysScroll(page);
  }
  await expectAccessible(page);
});

test("an owner ends an organisation with its name, everybody is told, and it is taken back in time", async ({
  browser,
}) => {
  test.slow();
  const owner = await newcomer("Olga Owner");
  const orgId = await newOrg(owner, "Passing & Co");
  const member = await joined(owner, orgId, "Max Member", { org_role: "member" });
  const page = await pageOf(browser, owner);
  await page.goto(`/app/orgs/${orgId}`);
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByRole("button", { name: "End the organisation" }).click();
  const dialog = page.getByRole("dialog", { name: "End Passing & Co?" });
  const sure = dialog.getByRole("button", { name: "End the organisation" });
  await dialog.getByLabel(/to confirm/).fill("Passing");
  await expect(sure).toBeDisabled();
  await expectAccessible(page);
  await dialog.getByLabel(/to confirm/).fill("Passing & Co");
  await dialog.getByLabel("In how many days").fill("14");
  await sure.click();
  await expect(dialog).toBeHidden();
  const notice = page.getByRole("region", { name: "End of the organisation" });
  await expect(notice).toContainText("Passing & Co ends on");
  const ending = given(
    await apiAs(owner).GET("/orgs/{org_id}/ending", { params: { path: { org_id: orgId } } }),
  );
  const days = (new Date(ending?.ends_at ?? 0).getTime() - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(13.9);
  expect(days).toBeLessThan(14.1);

  const other = await pageOf(browser, member);
  await other.goto(`/app/orgs/${orgId}`);
  const told = other.getByRole("region", { name: "End of the organisation" });
  await expect(told).toContainText("Export what you need");
  await expect(told.getByRole("button")).toHaveCount(0);
  await expectAccessible(other);

  await notice.getByRole("button", { name: "Keep the organisation" }).click();
  await expect(notice).toBeHidden();
  await other.reload();
  await expect(other.getByRole("heading", { name: "Passing & Co" })).toBeVisible();
  await expect(told).toBeHidden();
});
