// Run by mongosh on the first member, as often as one likes: makes the replica set and the account of the product.
const members = ["mongodb-1:27017", "mongodb-2:27017", "mongodb-3:27017"];
const admin = db.getSiblingDB("admin");
admin.auth("root", process.env.MONGODB_ROOT_PASSWORD);
try {
  rs.status();
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  rs.initiate({ _id: "books", members: members.map((host, n) => ({ _id: n, host, priority: n === 0 ? 2 : 1 })) });
}
while (!db.hello().isWritablePrimary) sleep(500);
const account = {
  pwd: process.env.MONGODB_PASSWORD,
  roles: [
    { role: "readWriteAnyDatabase", db: "admin" },
    { role: "dbAdminAnyDatabase", db: "admin" },
    { role: "clusterMonitor", db: "admin" },
  ],
};
if (admin.getUser("bookrunner")) admin.updateUser("bookrunner", account);
else admin.createUser({ user: "bookrunner", ...account });
