/** The API's words under short names; everything comes from the generated schema. */
import type { components, operations } from "./schema";

type Schemas = components["schemas"];

export type Book = Schemas["CIMHead"];
export type BookRow = Schemas["BookRow"];
export type BookStatus = Schemas["CIMStatus"];
export type Stage = Schemas["Stage"];
export type StaleReason = Schemas["StaleReason"];
export type Section = Schemas["SectionView"];
export type Artifacts = Schemas["ArtifactsView"];
export type ArtifactName = keyof Artifacts;
export type Slide = Schemas["Slide"];
export type SlideDraft = Schemas["SlideDraft"];
export type SlideStatus = Schemas["SlideStatus"];
export type SlideCounts = Schemas["SlideCounts"];
export type Component = Slide["components"][number];
export type LayoutType = Slide["layout_type"];
export type SourceReference = Schemas["SourceReference"];
export type Comment = Schemas["Comment"];
export type Finding = Schemas["FindingView"];
export type Fact = Schemas["Fact"];
export type Source = Schemas["Source"];
export type SourcePassage = Schemas["SourcePassage"];
export type Picture = Schemas["SourceImage"];
export type Actor = Schemas["Actor"];
export type EventRecord = Schemas["EventRecord"];
export type Message = Schemas["MessageNow"];
export type MessagePage = Schemas["Messages"];
export type Thread = Schemas["Thread"];
export type Run = Schemas["Run"];
export type RequestView = Schemas["RequestView"];
export type ProblemDetails = Schemas["ProblemDetails"];
export type CommandAnswer = Schemas["CommandAnswer"];

type CommandsBody = operations["send_commands"]["requestBody"]["content"]["application/json"];
/** One command as it travels, without the id that the queue gives it. */
export type SentCommand = Exclude<CommandsBody, readonly unknown[]>;
type WithoutId<C> = C extends unknown ? Omit<C, "command_id"> : never;
export type Command = WithoutId<SentCommand>;
