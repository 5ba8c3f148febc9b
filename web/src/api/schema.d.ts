// Generated from openapi.json by `npm run types`.
export interface paths {
    "/applications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List All Applications
         * @description Every application, the oldest first; for the operators of the platform.
         */
        get: operations["list_all_applications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{application_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read Application */
        get: operations["read_application"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Update Application
         * @description Rename an application, or change its settings and scale.
         */
        patch: operations["update_application"];
        trace?: never;
    };
    "/applications/{application_id}/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Deployments
         * @description What was done to an application.
         */
        get: operations["list_deployments"];
        put?: never;
        /**
         * Start Deployment
         * @description Do something to an application, one thing at a time. It goes on by itself; its steps tell how far it is.
         */
        post: operations["start_deployment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Request Password Reset
         * @description A mail with a code, where there is such an account; the answer does not tell whether there is.
         */
        post: operations["request_password_reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password-reset/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm Password Reset
         * @description Set a new password with the code of the mail.
         */
        post: operations["confirm_password_reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refresh Session
         * @description The next access token of a session.
         */
        post: operations["refresh_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign In
         * @description A session for an address and a password.
         */
        post: operations["sign_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign Out
         * @description End the session: it cannot be refreshed any more. Its access token is good until it expires by itself.
         */
        post: operations["sign_out"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sign-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign Up
         * @description Make an account. It belongs to no organisation until it begins one or accepts an invitation.
         */
        post: operations["sign_up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/trial": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin Trial
         * @description Try it without an account, in an organisation that allows it: one book, for 14 days.
         */
        post: operations["begin_trial"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/trial/upgrade": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upgrade Trial
         * @description Make the trial an account, also when it has expired: you become a member and lead its project with all work.
         */
        post: operations["upgrade_trial"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/books": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Books
         * @description The same books as `GET /cims`, in the same order, without what is in them.
         */
        get: operations["list_books"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Budget
         * @description What may be spent on models this month, and what was.
         */
        get: operations["read_budget"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Cims
         * @description The books that you may see, the ones that changed last first; with `ids`, those of them that these name.
         */
        get: operations["list_cims"];
        put?: never;
        /**
         * Create Cim
         * @description Begin a book for a deal. The workflow and its first event are made in one call.
         */
        post: operations["create_cim"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Cim
         * @description The head of a book: stage, artifacts, sections with progress, counts. Its ETag is its revision.
         */
        get: operations["read_cim"];
        put?: never;
        post?: never;
        /**
         * Delete Cim
         * @description Delete a book with everything in it; one tombstone stays in the log. 202 when it is durable but not done yet.
         */
        delete: operations["delete_cim"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Agents Of Book
         * @description The agent sessions of a book, such as all that are running.
         */
        get: operations["list_agents_of_book"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/assertions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create Assertion
         * @description Shows for five minutes that commands to this book come from you, also when they are signalled by hand.
         */
        post: operations["create_assertion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/at/{seq}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Cim At
         * @description The book as it was, with its slides and what it was about.
         */
        get: operations["read_cim_at"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/commands": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send Commands
         * @description Send one command, or a list that is handled in its order.
         *
         *     A single command that is refused answers with its problem and status; in a list each result carries its own.
         *     Commands are carried out exactly once per `command_id`, however often they are sent. A command that was refused is
         *     tried again when its list is sent again, unless what followed it in the list was carried out: then it is `old_rev`.
         */
        post: operations["send_commands"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Comments
         * @description Those of all slides, or of one, oldest first; resolved ones too.
         */
        get: operations["list_comments"];
        put?: never;
        /**
         * Add Comment
         * @description Say something about a slide. Whoever has the stream of the book open hears it as `comment`.
         */
        post: operations["add_comment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/comments/{comment_id}/resolution": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Resolve Comment
         * @description Settle a comment, or open it again.
         */
        put: operations["resolve_comment"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Diff Cim
         * @description What differs between two revisions, field by field; `from` may also be the later one.
         */
        get: operations["diff_cim"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Events
         * @description Events past `after`, in order. `next_cursor` is the `after` of the next page.
         */
        get: operations["list_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start Export
         * @description Have the book made as a file, as it is saved now.
         */
        post: operations["start_export"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/facts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Facts
         * @description The facts gathered from the documents, in the order in which they were gathered.
         */
        get: operations["list_facts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Findings
         * @description Figures that are contradicted or not supported first, then claims without a source, then sources that differ.
         *
         *     A person accepts a finding by the command `accept_finding`, with a reason.
         */
        get: operations["list_findings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/graph": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Graph
         * @description Entities by name, their relationships, and decisions oldest first.
         */
        get: operations["read_graph"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/graph/suggestions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Suggest Graph
         * @description What the documents name that the graph does not have.
         */
        get: operations["suggest_graph"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Images
         * @description Those of all documents, with place and the words around each, and the uploaded ones; or those of one document.
         */
        get: operations["list_images"];
        put?: never;
        /**
         * Upload Image
         * @description Upload a picture (PNG, JPEG, GIF, BMP, TIFF, WebP) of at most 20 MB and 50 million pixels for a slide.
         *
         *     It is written anew from its pixels; `blob_sha256` is what an image component takes.
         */
        post: operations["upload_image"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/images/{image_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download Image */
        get: operations["download_image"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Messages
         * @description The last messages of a branch, or those right before `before`, oldest first.
         *
         *     `next_cursor` is the next `before`.
         */
        get: operations["list_messages"];
        put?: never;
        /**
         * Send Message
         * @description Say something. The answers are written under `answer_ids`, and stream as they are written.
         */
        post: operations["send_message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/messages/{message_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read Message */
        get: operations["read_message"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/presence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Presence
         * @description The pages that were heard of in the last two minutes. Later ones are told on the stream.
         */
        get: operations["list_presence"];
        put?: never;
        /**
         * Tell Presence
         * @description Tell where you are. Who has the stream of the book open hears it as `presence`; tell it again every minute.
         */
        post: operations["tell_presence"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/repetitions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Repetitions
         * @description Pairs of slides that say much the same, most alike first.
         */
        get: operations["list_repetitions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Requests
         * @description In the order in which they were opened.
         */
        get: operations["list_requests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Retention
         * @description Whether the end of the book is announced, and for when. It is taken back when the book is changed (or reopened,
         *     where the days count from its completion), and when the rule is.
         */
        get: operations["read_retention"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Runs
         * @description The newest runs first.
         */
        get: operations["list_runs"];
        put?: never;
        /**
         * Start Run
         * @description Have something drafted out of the documents. Progress comes on the stream as `run` notices.
         */
        post: operations["start_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/slides": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Slides
         * @description Every slide with its content, in reading order.
         */
        get: operations["list_slides"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/slides/{slide_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read Slide */
        get: operations["read_slide"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List Sources */
        get: operations["list_sources"];
        put?: never;
        /**
         * Upload Source
         * @description Upload a document (docx, pdf, xlsx, csv, md, txt, pptx); it is read in the background.
         *
         *     `ready` or `refused` (with the reason in `problem`) comes on the stream as a `source` notice.
         */
        post: operations["upload_source"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stream Events
         * @description Every event and every word past the cursor, in order and once, then each as it happens.
         */
        get: operations["stream_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/threads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Threads
         * @description All threads, in the order in which they were begun.
         */
        get: operations["list_threads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/threads/{thread_id}/branch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Switch Branch
         * @description Make a branch of the thread the active one: what is said next follows its end. Nothing is lost.
         */
        put: operations["switch_branch"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/threads/{thread_id}/branches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Branches
         * @description The branches of a thread, the latest last. A branch is read by its `leaf_id`.
         */
        get: operations["list_branches"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cims/{cim_id}/tool-calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Tool Calls
         * @description Calls past `after`, in order. `next_cursor` is the `after` of the next page, which may be empty.
         */
        get: operations["list_tool_calls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/codec/decode": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decode Payloads
         * @description All of them, or none: every sealed payload must be of a book that you lead, or of a deployment of an application
         *     that you may look after.
         *
         *     What was never sealed, or whose keys were destroyed, comes back as it is.
         */
        post: operations["decode_payloads"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/codec/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open Codec Session
         * @description Lets this browser ask for payloads until your token expires, without sending the token itself.
         *
         *     Temporal's web UI sends the cookie once "include cross-origin credentials" is switched on in its codec settings.
         */
        post: operations["open_codec_session"];
        /** Close Codec Session */
        delete: operations["close_codec_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Deals
         * @description The deals of a project, by name.
         */
        get: operations["list_deals"];
        put?: never;
        /** Create Deal */
        post: operations["create_deal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deals/{deal_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change Deal
         * @description Rename a deal, put it into the archive or take it out.
         */
        patch: operations["change_deal"];
        trace?: never;
    };
    "/deployments/{deployment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Deployment
         * @description How far a deployment is, step by step.
         */
        get: operations["read_deployment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deployments/{deployment_id}/call-off": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call Off Deployment
         * @description Have a deployment undone that waits for its workers, or gives growing shares of new books to them.
         */
        post: operations["call_off_deployment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exports/{export_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Export
         * @description How far an export is; `ready` has a file.
         */
        get: operations["read_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exports/{export_id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download Export */
        get: operations["download_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/flags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Flags
         * @description Which features are on for you, in each organisation that you work in.
         */
        get: operations["read_flags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/flags/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set Flag
         * @description Set a flag for all organisations that set nothing themselves; for the operators of the platform.
         */
        put: operations["set_flag"];
        post?: never;
        /**
         * Unset Flag
         * @description Go by what the product says again; for the operators of the platform.
         */
        delete: operations["unset_flag"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description The process is alive.
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept Invitation
         * @description Take an invitation up. Roles that you have already stay.
         */
        post: operations["accept_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Me
         * @description Who you are, where you belong, and with which roles.
         */
        get: operations["read_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Orgs
         * @description The organisations that you belong to, by name.
         */
        get: operations["list_orgs"];
        put?: never;
        /**
         * Create Org
         * @description Begin an organisation; you are its owner.
         */
        post: operations["create_org"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{org_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Org
         * @description An organisation and its settings.
         */
        get: operations["read_org"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Update Org
         * @description Rename an organisation, or change its settings.
         */
        patch: operations["update_org"];
        trace?: never;
    };
    "/orgs/{org_id}/applications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Applications
         * @description The application that serves an organisation, and archived ones.
         */
        get: operations["list_applications"];
        put?: never;
        /**
         * Create Application
         * @description Write an application down; new books go to it once a version is deployed. One at a time for an organisation.
         */
        post: operations["create_application"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{org_id}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Audit
         * @description Who did what, the newest first.
         */
        get: operations["list_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{org_id}/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export Audit
         * @description All entries as a file.
         */
        get: operations["export_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{org_id}/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Verify Audit
         * @description Whether the log is whole: every entry there, and as it was recorded.
         */
        get: operations["verify_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{org_id}/ending": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Ending
         * @description When the organisation ends; null where nobody asked for that.
         */
        get: operations["read_ending"];
        /**
         * End Org
         * @description End an organisation: on its day everybody loses every right, its data keys are destroyed, so that nothing of it
         *     can be read any more, and what is kept of its books is deleted. In place of what was asked for before.
         */
        put: operations["end_org"];
        post?: never;
        /**
         * Keep Org
         * @description Take the end of an organisation back, before its day.
         */
        delete: operations["keep_org"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{org_id}/flags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Org Flags
         * @description How flags are set for an organisation.
         */
        get: operations["list_org_flags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{org_id}/flags/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set Org Flag
         * @description Set a flag for an organisation; it counts before the setting for all, unless that is a kill switch.
         */
        put: operations["set_org_flag"];
        post?: never;
        /**
         * Unset Org Flag
         * @description Go by the setting for all again.
         */
        delete: operations["unset_org_flag"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{org_id}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Invitations
         * @description Every invitation and what became of it; never its link.
         */
        get: operations["list_invitations"];
        put?: never;
        /**
         * Create Invitation
         * @description Invite somebody by a link that opens once; send it in a way of your own.
         */
        post: operations["create_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{org_id}/invitations/{invitation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke Invitation
         * @description The link opens nothing from now on.
         */
        delete: operations["revoke_invitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{org_id}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Keys
         * @description All keys of the organisation for owners and admins, for others their own.
         */
        get: operations["list_keys"];
        put?: never;
        /**
         * Create Key
         * @description Make a key that acts for you in this organisation.
         */
        post: operations["create_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{org_id}/keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke Key
         * @description The key opens nothing from now on. Your own, or with the right to manage keys any.
         */
        delete: operations["revoke_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{org_id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Members
         * @description Everybody who belongs to the organisation, in the order in which they came.
         */
        get: operations["list_members"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{org_id}/members/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove Member
         * @description Remove a member, or leave with your own id: with every role in the organisation's projects and teams.
         */
        delete: operations["remove_member"];
        options?: never;
        head?: never;
        /**
         * Change Member
         * @description Give a member another role. Only owners make owners, or change them.
         */
        patch: operations["change_member"];
        trace?: never;
    };
    "/orgs/{org_id}/teams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Teams
         * @description The teams, by name.
         */
        get: operations["list_teams"];
        put?: never;
        /** Create Team */
        post: operations["create_team"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{org_id}/teams/{team_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove Team
         * @description Remove a team; its people stay.
         */
        delete: operations["remove_team"];
        options?: never;
        head?: never;
        /** Rename Team */
        patch: operations["rename_team"];
        trace?: never;
    };
    "/orgs/{org_id}/teams/{team_id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Team Members
         * @description Who is in a team.
         */
        get: operations["list_team_members"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{org_id}/teams/{team_id}/members/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Join Team
         * @description Put a member of the organisation into a team.
         */
        put: operations["join_team"];
        post?: never;
        /**
         * Leave Team
         * @description Take somebody out of a team.
         */
        delete: operations["leave_team"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{org_id}/transfer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Transfer Ownership
         * @description Make a member the owner in your place; you become an admin.
         */
        post: operations["transfer_ownership"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orgs/{org_id}/trials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Trials
         * @description Who tries, and until when.
         */
        get: operations["list_trials"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Projects
         * @description The projects that you work in, and all of the organisations that you run.
         */
        get: operations["list_projects"];
        put?: never;
        /**
         * Create Project
         * @description Begin a project in an organisation; you lead it.
         */
        post: operations["create_project"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Project
         * @description A project and your roles in it.
         */
        get: operations["read_project"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Rename Project */
        patch: operations["rename_project"];
        trace?: never;
    };
    "/projects/{project_id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Project Members
         * @description Who works in a project, and with which role.
         */
        get: operations["list_project_members"];
        put?: never;
        /**
         * Set Project Member
         * @description Give a member of the organisation a role in the project.
         */
        post: operations["set_project_member"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{project_id}/members/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove Project Member
         * @description Take somebody's role in the project, or give up your own.
         */
        delete: operations["remove_project_member"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ready
         * @description Every part that is needed answers, and how quickly; `draining`: send nothing new here.
         */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List All Runs
         * @description The runs of every book that you may see, newest first.
         */
        get: operations["list_all_runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read Run */
        get: operations["read_run"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Agents
         * @description The agent sessions of a run, in the order in which they began.
         */
        get: operations["list_agents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/answers/{request_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answer Request
         * @description Answer a question, a confirmation or a plan. Whoever is first settles it; the agent goes on.
         */
        post: operations["answer_request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel Run
         * @description Stop a run with all its agents. What is saved and said stays; a model that is speaking is cut off.
         */
        post: operations["cancel_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/fork": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fork Run
         * @description Go on from a step of an agent in a run of its own. The old run stays as it is.
         */
        post: operations["fork_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume Run
         * @description Take up a run that failed or was stopped: what its agents finished counts, the rest is done again.
         *
         *     The message of a chat run is answered anew, on a branch of its own.
         */
        post: operations["resume_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/steering": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Steer Run
         * @description Add something to a run under way. Its agent reads it before the next step; what it asks is superseded.
         */
        post: operations["steer_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/steps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Steps
         * @description The steps of an agent's graph that are kept, in order. Each can be forked.
         */
        get: operations["list_steps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/steps/{agent_id}/{step}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Step
         * @description One step with the state of the graph after it.
         */
        get: operations["read_step"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Run Usage
         * @description What the calls of models of one run took, agent by agent. With `usage.read` all of them, else what you caused.
         */
        get: operations["read_run_usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sources/{source_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Source
         * @description A document and how far its reading is.
         */
        get: operations["read_source"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sources/{source_id}/passages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Passages
         * @description The searchable parts of a document, each with its place in it.
         */
        get: operations["list_passages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Usage
         * @description What the calls of models took. With `usage.read` all of the organisation, else what you caused.
         */
        get: operations["read_usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Versions
         * @description What can be deployed, the newest first.
         */
        get: operations["list_versions"];
        put?: never;
        /**
         * Create Version
         * @description Make a build known; for the operators of the platform.
         */
        post: operations["create_version"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/versions/{version_id}/retire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retire Version
         * @description It cannot be deployed any more; what runs on it goes on. For the operators of the platform.
         */
        post: operations["retire_version"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/web-config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Web Config
         * @description What the page has to know before anybody has signed in; nothing of anybody's.
         */
        get: operations["read_web_config"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/supabase": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take Supabase Webhook
         * @description Signed as Standard Webhooks are: `v1,` and the HMAC-SHA256 of `{id}.{timestamp}.{body}` in base64.
         */
        post: operations["take_supabase_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AcceptFinding
         * @description A person stands for a figure that the sources contradict or do not bear out. Agents may not.
         */
        AcceptFinding: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /** Finding Id */
            finding_id: string;
            /** Reason */
            reason: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "accept_finding";
        };
        /** Acceptance */
        Acceptance: {
            /**
             * Token
             * Format: password
             */
            token: string;
        };
        /**
         * AcceptedCIM
         * @description The book will be there in a moment; it is not readable yet.
         */
        AcceptedCIM: {
            /** Id */
            id: string;
        };
        /**
         * AcceptedFinding
         * @description A finding that a person stands for, and why.
         */
        AcceptedFinding: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** By */
            by: string;
            /** Finding Id */
            finding_id: string;
            /** Reason */
            reason: string;
        };
        /** ActiveBranch */
        ActiveBranch: {
            /**
             * Leaf Id
             * @description The last message of the branch.
             */
            leaf_id: string;
        };
        /**
         * Actor
         * @description Who acts. An agent acts with the rights of the person it works for.
         */
        Actor: {
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "user" | "agent" | "system";
            /** On Behalf Of */
            on_behalf_of?: string | null;
        };
        /**
         * AgentSession
         * @description What one agent was given, did and gave back. A cancelled session has failed, and says so in `error`.
         */
        AgentSession: {
            /**
             * Agent Type
             * @enum {string}
             */
            agent_type: "assistant" | "planner" | "writer" | "reviewer" | "coder" | "research" | "editor" | "outline";
            /** Cim Id */
            cim_id: string;
            /** Completed At */
            completed_at?: string | null;
            /**
             * Doing
             * @default
             */
            doing: string;
            /** Error */
            error?: string | null;
            /** Id */
            id: string;
            /** Input */
            input?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Org Id */
            org_id: string;
            /** Output */
            output?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Parent Id
             * @default
             */
            parent_id: string;
            /** Run Id */
            run_id: string;
            /** Started At */
            started_at?: string | null;
            /**
             * Status
             * @default idle
             * @enum {string}
             */
            status: "idle" | "running" | "completed" | "failed";
            /**
             * Steps
             * @default 0
             */
            steps: number;
            /**
             * Title
             * @default
             */
            title: string;
            /**
             * Waits For
             * @default []
             */
            waits_for: string[];
        };
        /**
         * ApiKey
         * @description What is known of a key; `prefix` is how it begins.
         */
        ApiKey: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Created By
             * Format: uuid
             */
            created_by: string;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Last Used At */
            last_used_at: string | null;
            /** Name */
            name: string;
            /**
             * Org Id
             * Format: uuid
             */
            org_id: string;
            /** Prefix */
            prefix: string;
            /** Revoked At */
            revoked_at: string | null;
            /** Scopes */
            scopes: string[];
        };
        /**
         * Application
         * @description A tenant's isolated instance of the workspace: a database, a task queue and workers of its own.
         */
        Application: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Current Version Id */
            current_version_id?: string | null;
            /** Database */
            database: string;
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Org Id */
            org_id: string;
            /**
             * Scale
             * @default 1
             */
            scale: number;
            /**
             * @default {
             *       "continue_as_new_after_events": 1000,
             *       "ramp": [],
             *       "upgrade": "stay"
             *     }
             */
            settings: components["schemas"]["ApplicationSettings"];
            /**
             * Status
             * @default new
             * @enum {string}
             */
            status: "new" | "ready" | "serving" | "retiring" | "archived";
            /** Task Queue */
            task_queue: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
        };
        /**
         * ApplicationChanges
         * @description What is left out stays. Settings and scale count from the next deployment on.
         */
        ApplicationChanges: {
            /** Name */
            name?: string | null;
            /** Scale */
            scale?: number | null;
            settings?: components["schemas"]["ApplicationSettings"] | null;
        };
        /**
         * ApplicationSettings
         * @description `ramp`: by which shares a new version takes over from the one that serves; empty: at once.
         */
        ApplicationSettings: {
            /**
             * Continue As New After Events
             * @default 1000
             */
            continue_as_new_after_events: number;
            /** Model */
            model?: string | null;
            /**
             * Ramp
             * @default []
             */
            ramp: components["schemas"]["RampStage"][];
            /**
             * Upgrade
             * @default stay
             * @enum {string}
             */
            upgrade: "stay" | "at_continue_as_new";
        };
        /**
         * Appointment
         * @description `person`: the id or the address of a member of the organisation. Who has a role already gets this one instead.
         */
        Appointment: {
            /** Person */
            person: string;
            role: components["schemas"]["Role"];
        };
        /** ApproveSlide */
        ApproveSlide: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /** Slide Id */
            slide_id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "approve_slide";
        };
        /** ArtifactDiff */
        ArtifactDiff: {
            /**
             * Artifact
             * @enum {string}
             */
            artifact: "buyer_persona" | "hero_context" | "outline";
            /**
             * Change
             * @enum {string}
             */
            change: "added" | "changed" | "removed";
            /** Fields */
            fields: components["schemas"]["FieldChange"][];
        };
        /** ArtifactsView */
        ArtifactsView: {
            buyer_persona?: components["schemas"]["BuyerPersonaView"] | null;
            hero_context?: components["schemas"]["HeroContextView"] | null;
            outline?: components["schemas"]["OutlineView"] | null;
        };
        /**
         * AuditRow
         * @description An entry as it is kept. Whatever the database holds is read, since a check must also read what was tampered.
         */
        AuditRow: {
            /** Action */
            action: string;
            actor: components["schemas"]["JsonValue"];
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** @default {} */
            details: components["schemas"]["JsonValue"];
            /** Entry Id */
            entry_id: string;
            /** From Ip */
            from_ip?: string | null;
            /** Hash */
            hash: string;
            /** Org Id */
            org_id: string;
            /** Previous Hash */
            previous_hash: string;
            /** Result */
            result: string;
            /** Seq */
            seq: number;
            target: components["schemas"]["JsonValue"];
            /** User Agent */
            user_agent?: string | null;
        };
        /** Body_upload_image */
        Body_upload_image: {
            /** File */
            file: string;
        };
        /** Body_upload_source */
        Body_upload_source: {
            /** File */
            file: string;
        };
        /**
         * BookRow
         * @description `stale`: how many of persona, hero concept and outline no longer rest on what they were built from.
         */
        BookRow: {
            /** Deal Id */
            deal_id: string;
            /** Id */
            id: string;
            /** Owner Id */
            owner_id: string;
            /** Rev */
            rev: number;
            slide_counts: components["schemas"]["SlideCounts"];
            stage: components["schemas"]["Stage"];
            /** Stale */
            stale: number;
            status: components["schemas"]["CIMStatus"];
            /** Title */
            title: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
        };
        /**
         * Branch
         * @description A way through a thread: it leaves the others after `forks_after` (absent: at the beginning).
         */
        Branch: {
            /**
             * Active
             * @default false
             */
            active: boolean;
            /**
             * First Text
             * @default
             */
            first_text: string;
            /** Forks After */
            forks_after?: string | null;
            /** Leaf Id */
            leaf_id: string;
            /**
             * Messages
             * @default 0
             */
            messages: number;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
        };
        /**
         * BudgetReport
         * @description Of this calendar month (UTC), in USD. No number means without a bound; all spending only with `usage.read`.
         */
        BudgetReport: {
            /**
             * Month
             * Format: date-time
             */
            month: string;
            /** Org Id */
            org_id: string;
            /** Spent By You Usd */
            spent_by_you_usd: number;
            /** Spent Usd */
            spent_usd: number | null;
            /** Usd Per Month */
            usd_per_month: number | null;
            /** Usd Per Person Per Month */
            usd_per_person_per_month: number | null;
        };
        /** BulletsComponent */
        BulletsComponent: {
            /**
             * Id
             * @default
             */
            id: string;
            /** Items */
            items: string[];
            /**
             * Sources
             * @default []
             */
            sources: components["schemas"]["SourceReference"][];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "bullets";
        };
        /** BuyerPersona */
        BuyerPersona: {
            /**
             * Concerns
             * @default []
             */
            concerns: string[];
            /**
             * Motivations
             * @default []
             */
            motivations: string[];
            /** Type */
            type: string;
        };
        /** BuyerPersonaView */
        BuyerPersonaView: {
            /** Rev */
            rev: number;
            stale_reason: components["schemas"]["StaleReason"] | null;
            value: components["schemas"]["BuyerPersona"];
        };
        /** CIMDiff */
        CIMDiff: {
            /** Artifacts */
            artifacts: components["schemas"]["ArtifactDiff"][];
            /** Book */
            book: components["schemas"]["FieldChange"][];
            /** Facts Added */
            facts_added: number;
            /** Facts Removed */
            facts_removed: number;
            /** From Seq */
            from_seq: number;
            /**
             * Knowledge
             * @default []
             */
            knowledge: components["schemas"]["KnowledgeDiff"][];
            /** Slides */
            slides: components["schemas"]["SlideDiff"][];
            /** To Seq */
            to_seq: number;
        };
        /** CIMHead */
        CIMHead: {
            artifacts: components["schemas"]["ArtifactsView"];
            /** Completed At */
            completed_at: string | null;
            /** Completed Stages */
            completed_stages: components["schemas"]["Stage"][];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Current Section Id */
            current_section_id: string | null;
            /** Current Slide Id */
            current_slide_id: string | null;
            /** Deal Id */
            deal_id: string;
            /** Gathered Context */
            gathered_context: components["schemas"]["GatheredFacts"][];
            /** Id */
            id: string;
            /** Org Id */
            org_id: string;
            /** Owner Id */
            owner_id: string;
            /** Project Id */
            project_id: string;
            /** Rev */
            rev: number;
            /** Sections */
            sections: components["schemas"]["SectionView"][];
            slide_counts: components["schemas"]["SlideCounts"];
            stage: components["schemas"]["Stage"];
            status: components["schemas"]["CIMStatus"];
            /** Title */
            title: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
        };
        /**
         * CIMStatus
         * @enum {string}
         */
        CIMStatus: "draft" | "in_progress" | "complete";
        /** ChartComponent */
        ChartComponent: {
            /** Categories */
            categories: string[];
            /**
             * Id
             * @default
             */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "bar" | "line" | "pie" | "stacked_bar";
            /** Series */
            series: components["schemas"]["ChartSeries"][];
            /**
             * Sources
             * @default []
             */
            sources: components["schemas"]["SourceReference"][];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "chart";
            /**
             * Unit
             * @default
             */
            unit: string;
        };
        /** ChartSeries */
        ChartSeries: {
            /** Name */
            name: string;
            /** Values */
            values: (number | null)[];
        };
        /**
         * Checkpoint
         * @description The state of an agent's graph after a step: references and small values. `id` is `{agent_id}:{step:04}`.
         */
        Checkpoint: {
            /** Agent Id */
            agent_id: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Cim Id */
            cim_id: string;
            /** Graph */
            graph: string;
            /** Id */
            id: string;
            /** Node */
            node: string;
            /** Run Id */
            run_id: string;
            /** State */
            state: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Step */
            step: number;
        };
        /**
         * Citation
         * @description What a marker such as [F12] or [P3] in a text points at.
         */
        Citation: {
            /** Document */
            document: string;
            /** Ref */
            ref: string;
            source: components["schemas"]["SourceReference"];
        };
        /** CloseRequest */
        CloseRequest: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /**
             * How
             * @enum {string}
             */
            how: "superseded" | "cancelled";
            /** Request Id */
            request_id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "close_request";
        };
        /**
         * CommandAnswer
         * @description What became of one command.
         *
         *     `done`: recorded, with its events. `refused`: nothing was changed, see `problem`. `accepted`: durable and on its
         *     way; its events, or the refusal, come later.
         */
        CommandAnswer: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /**
             * Events
             * @default []
             */
            events: components["schemas"]["EventRecord"][];
            problem?: components["schemas"]["ProblemDetails"] | null;
            /**
             * Repeated
             * @default false
             */
            repeated: boolean;
            /** Rev */
            rev?: number | null;
            /**
             * Status
             * @enum {string}
             */
            status: "done" | "refused" | "accepted";
        };
        /** CommandAnswers */
        CommandAnswers: {
            /** Results */
            results: components["schemas"]["CommandAnswer"][];
        };
        /**
         * Comment
         * @description What a person says about a slide. It stays when the slide goes.
         */
        Comment: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            author: components["schemas"]["Actor"];
            /**
             * Author Email
             * @default
             */
            author_email: string;
            /** Cim Id */
            cim_id: string;
            /** Id */
            id: string;
            /** Resolved At */
            resolved_at?: string | null;
            resolved_by?: components["schemas"]["Actor"] | null;
            /** Slide Id */
            slide_id: string;
            /** Text */
            text: string;
        };
        /** CommitDecisionRequest */
        CommitDecisionRequest: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            decision: components["schemas"]["DecisionBody"];
            /** Expected Rev */
            expected_rev?: number | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "commit_decision";
        };
        /**
         * CompleteRequest
         * @description Refused while figures are contradicted or not supported by the documents, unless a person has accepted them.
         */
        CompleteRequest: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "complete";
        };
        /**
         * ComposeBounds
         * @description What a compose run goes by: whether people look over its plan, and how much its agents may do.
         */
        ComposeBounds: {
            /**
             * Plan Approval
             * @default true
             */
            plan_approval: boolean;
            /**
             * Review Rounds
             * @default 2
             */
            review_rounds: number;
            /**
             * Writers At Once
             * @default 3
             */
            writers_at_once: number;
        };
        /** ConfirmArtifact */
        ConfirmArtifact: {
            /**
             * Artifact
             * @enum {string}
             */
            artifact: "buyer_persona" | "hero_context" | "outline";
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "confirm_artifact";
        };
        /**
         * ConfirmationAnswer
         * @description Of a confirmation or a plan. A denial says why in `reason`, which the agent reads.
         *
         *     `arguments_hash`: what was changed by the person before it was approved, kept under this hash; empty for nothing.
         */
        ConfirmationAnswer: {
            /** Approved */
            approved: boolean;
            /**
             * Arguments Hash
             * @default
             */
            arguments_hash: string;
            /**
             * Reason
             * @default
             */
            reason: string;
        };
        /**
         * ConfirmationGiven
         * @description Of a confirmation or a plan. `arguments` take the place of those that were shown; a denial says why.
         */
        ConfirmationGiven: {
            /** Approved */
            approved: boolean;
            /** Arguments */
            arguments?: {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /**
             * Reason
             * @default
             */
            reason: string;
        };
        /**
         * CreateEntityRequest
         * @description Refused where the book knows the id, or another of this kind and name.
         */
        CreateEntityRequest: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            entity: components["schemas"]["EntityDraft"];
            /** Expected Rev */
            expected_rev?: number | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "create_entity";
        };
        /**
         * CreateRelationshipRequest
         * @description The same ends and kind are one relationship: sent again, it is brought up to date.
         */
        CreateRelationshipRequest: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            relationship: components["schemas"]["RelationshipDraft"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "create_relationship";
        };
        /**
         * CreatedInvitation
         * @description `link` opens once, at the address of the workspace; it is shown here and never again.
         */
        CreatedInvitation: {
            invitation: components["schemas"]["Invitation"];
            /** Link */
            link: string;
            /** Token */
            token: string;
        };
        /**
         * CreatedKey
         * @description `key` goes into `Authorization: Bearer ...`; it is shown here and never again.
         */
        CreatedKey: {
            details: components["schemas"]["ApiKey"];
            /** Key */
            key: string;
        };
        /** Credentials */
        Credentials: {
            /** Email */
            email: string;
            /**
             * Password
             * Format: password
             */
            password: string;
        };
        /** Deal */
        Deal: {
            /** Archived At */
            archived_at: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Name */
            name: string;
            /**
             * Project Id
             * Format: uuid
             */
            project_id: string;
        };
        /**
         * DealChanges
         * @description What is left out stays. The books of an archived deal stay readable; new ones cannot be begun.
         */
        DealChanges: {
            /** Archived */
            archived?: boolean | null;
            /** Name */
            name?: string | null;
        };
        /** Decision */
        Decision: {
            /**
             * Affects
             * @default []
             */
            affects: string[];
            /**
             * At
             * Format: date-time
             */
            at: string;
            by: components["schemas"]["Actor"];
            /** Id */
            id: string;
            /** Reason */
            reason: string;
            /** Text */
            text: string;
        };
        /**
         * DecisionBody
         * @description Something that was settled, and why. `affects` are ids of slides, sections or entities, or names of artifacts.
         */
        DecisionBody: {
            /**
             * Affects
             * @default []
             */
            affects: string[];
            /** Reason */
            reason: string;
            /** Text */
            text: string;
        };
        /**
         * DemoPerson
         * @description Somebody to sign in as, where everything is for trying out.
         */
        DemoPerson: {
            /** Email */
            email: string;
            /** Name */
            name: string;
            /**
             * Organization
             * @default
             */
            organization: string;
            /** Password */
            password: string;
            /** Role */
            role: string;
        };
        /** Dependency */
        Dependency: {
            /** Latency Ms */
            latency_ms: number;
            /**
             * State
             * @enum {string}
             */
            state: "up" | "down";
        };
        /**
         * Deployment
         * @description Something done to an application, with its version and the one before it.
         *
         *     Somebody may call it off while it waits for workers, or gives out growing shares; it is undone then.
         */
        Deployment: {
            /**
             * Action
             * @enum {string}
             */
            action: "provision" | "deploy" | "roll_back" | "retire";
            /** Application Id */
            application_id: string;
            /** Called Off By */
            called_off_by?: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Error */
            error?: string | null;
            /** Finished At */
            finished_at?: string | null;
            /** Id */
            id: string;
            /** Previous Version Id */
            previous_version_id?: string | null;
            /** Requested By */
            requested_by: string;
            /**
             * Status
             * @enum {string}
             */
            status: "pending" | "running" | "completed" | "undone" | "stuck";
            /** Version Id */
            version_id?: string | null;
            /**
             * Workflow Id
             * @default
             */
            workflow_id: string;
        };
        /**
         * DeploymentPage
         * @description The newest first. `next_before` asks for what came earlier.
         */
        DeploymentPage: {
            /** Items */
            items: components["schemas"]["Deployment"][];
            /** Next Before */
            next_before?: string | null;
        };
        /**
         * DeploymentStep
         * @description One step as it was carried out; `details` say what it found or did.
         */
        DeploymentStep: {
            /**
             * Attempt
             * @default 1
             */
            attempt: number;
            /** Deployment Id */
            deployment_id: string;
            /** Details */
            details?: {
                [key: string]: string | number | boolean | string[] | null;
            };
            /** Error */
            error?: string | null;
            /** Finished At */
            finished_at?: string | null;
            /** Name */
            name: string;
            /** Position */
            position: number;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            /**
             * Status
             * @enum {string}
             */
            status: "running" | "done" | "failed";
        };
        /**
         * DeploymentWithSteps
         * @description A deployment, and its steps in the order in which they were taken.
         */
        DeploymentWithSteps: {
            deployment: components["schemas"]["Deployment"];
            /** Steps */
            steps: components["schemas"]["DeploymentStep"][];
        };
        /**
         * EncodedPayload
         * @description A payload as Temporal's JSON has it: values of `metadata` and `data` in base64.
         */
        EncodedPayload: {
            /**
             * Data
             * @default
             */
            data: string;
            /** Metadata */
            metadata?: {
                [key: string]: string;
            };
        };
        /** EncodedPayloads */
        EncodedPayloads: {
            /** Payloads */
            payloads: components["schemas"]["EncodedPayload"][];
        };
        /**
         * Ending
         * @description When an organisation ends. Until `began_at` it can be taken back.
         */
        Ending: {
            /** Began At */
            began_at?: string | null;
            /**
             * Ends At
             * Format: date-time
             */
            ends_at: string;
            /**
             * Org Id
             * Format: uuid
             */
            org_id: string;
            /**
             * Requested At
             * Format: date-time
             */
            requested_at: string;
            /**
             * Requested By
             * Format: uuid
             */
            requested_by: string;
        };
        /**
         * Entity
         * @description An entity as it is read.
         */
        Entity: {
            /**
             * Aliases
             * @default []
             */
            aliases: string[];
            /** Attributes */
            attributes?: {
                [key: string]: string;
            };
            /**
             * Description
             * @default
             */
            description: string;
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "company" | "person" | "product" | "market" | "customer";
            /** Name */
            name: string;
            /** Rev */
            rev: number;
            /**
             * Sources
             * @default []
             */
            sources: components["schemas"]["SourceReference"][];
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
        };
        /**
         * EntityBody
         * @description What is known of something. Kept once under its hash; the log and the workflow carry the hash.
         */
        EntityBody: {
            /**
             * Aliases
             * @default []
             */
            aliases: string[];
            /** Attributes */
            attributes?: {
                [key: string]: string;
            };
            /**
             * Description
             * @default
             */
            description: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "company" | "person" | "product" | "market" | "customer";
            /** Name */
            name: string;
            /**
             * Sources
             * @default []
             */
            sources: components["schemas"]["SourceReference"][];
        };
        /**
         * EntityDraft
         * @description An entity as it is sent; its id is given out unless it has one.
         */
        EntityDraft: {
            /**
             * Aliases
             * @default []
             */
            aliases: string[];
            /** Attributes */
            attributes?: {
                [key: string]: string;
            };
            /**
             * Description
             * @default
             */
            description: string;
            /** Id */
            id?: string | null;
            /**
             * Kind
             * @enum {string}
             */
            kind: "company" | "person" | "product" | "market" | "customer";
            /** Name */
            name: string;
            /**
             * Sources
             * @default []
             */
            sources: components["schemas"]["SourceReference"][];
        };
        /**
         * EventRecord
         * @description An event as it is stored and served: a common envelope and the event's own `data`.
         */
        EventRecord: {
            actor: components["schemas"]["Actor"];
            /**
             * At
             * Format: date-time
             */
            at: string;
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Data */
            data: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Seq */
            seq: number;
            /** Type */
            type: string;
        };
        /**
         * Export
         * @description A book made from one rev. `blob_sha256` is where its bytes are; `problems` what a check found.
         */
        Export: {
            /** Blob Sha256 */
            blob_sha256?: string | null;
            /** Cim Id */
            cim_id: string;
            /** Completed At */
            completed_at?: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            created_by: components["schemas"]["Actor"];
            /** Error */
            error?: string | null;
            /**
             * Format
             * @enum {string}
             */
            format: "pptx" | "pdf" | "md" | "json";
            /** Id */
            id: string;
            /** Org Id */
            org_id: string;
            /**
             * Problems
             * @default []
             */
            problems: string[];
            /** Rev */
            rev?: number | null;
            /** Size */
            size?: number | null;
            /**
             * Status
             * @default queued
             * @enum {string}
             */
            status: "queued" | "making" | "ready" | "failed";
        };
        /**
         * Fact
         * @description A statement out of a source, with its figure where it has one.
         *
         *     `value` is in `unit` ("USD million", "percent", "people"); `period` as written ("FY2024", "Q4 FY2024"; "-" when
         *     timeless). `metric` is the short label of a row or axis ("Net sales"); `entity` what it is about ("Americas"; empty:
         *     the company).
         */
        Fact: {
            /**
             * Basis
             * @default
             */
            basis: string;
            /**
             * Entity
             * @default
             */
            entity: string;
            /** Id */
            id: string;
            /**
             * Metric
             * @default
             */
            metric: string;
            /**
             * Period
             * @default
             */
            period: string;
            source: components["schemas"]["SourceReference"];
            /** Statement */
            statement: string;
            /**
             * Unit
             * @default
             */
            unit: string;
            /** Value */
            value?: number | null;
        };
        /** Facts */
        Facts: {
            /** Items */
            items: components["schemas"]["Fact"][];
        };
        /**
         * Fault
         * @description What is wrong, and at which row.
         *
         *     `altered`: the row is not what was recorded. `missing`: there is none. `unlinked`: it does not follow on the one
         *     before. `head_differs`: the chain does not end where it was last added to. `cut_differs`: the chain itself says
         *     nothing of the last cut.
         */
        Fault: {
            /**
             * Kind
             * @enum {string}
             */
            kind: "altered" | "missing" | "unlinked" | "head_differs" | "cut_differs";
            /** Seq */
            seq: number;
        };
        /**
         * FieldChange
         * @description `before` is null where the field is new, `after` where it is gone.
         */
        FieldChange: {
            after: components["schemas"]["JsonValue"];
            before: components["schemas"]["JsonValue"];
            /** Field */
            field: string;
        };
        /**
         * FindingCounts
         * @description `blocking` keep the book from being completed; `accepted` would, had nobody accepted them.
         */
        FindingCounts: {
            /** Accepted */
            accepted: number;
            /** Blocking */
            blocking: number;
            /** Total */
            total: number;
        };
        /**
         * FindingView
         * @description A finding, and who stands for it where somebody does.
         */
        FindingView: {
            accepted?: components["schemas"]["AcceptedFinding"] | null;
            /**
             * Anchor
             * @default
             */
            anchor: string;
            /**
             * Component Id
             * @default
             */
            component_id: string;
            /**
             * Figure
             * @default
             */
            figure: string;
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "unsupported_figure" | "contradicted_figure" | "unlinked_claim" | "source_conflict";
            /** Message */
            message: string;
            /**
             * Places
             * @default []
             */
            places: components["schemas"]["SourceReference"][];
            /**
             * Slide Id
             * @default
             */
            slide_id: string;
        };
        /**
         * Findings
         * @description `rev` is the revision of the book that was checked.
         */
        Findings: {
            counts: components["schemas"]["FindingCounts"];
            /** Items */
            items: components["schemas"]["FindingView"][];
            /** Rev */
            rev: number;
        };
        /**
         * FlagRule
         * @description Says it for some: `percent` of the people and teams that are named.
         */
        FlagRule: {
            /**
             * Percent
             * @default 100
             */
            percent: number;
            /**
             * Person Ids
             * @default []
             */
            person_ids: string[];
            /**
             * Team Ids
             * @default []
             */
            team_ids: string[];
        };
        /**
         * FlagSetting
         * @description A flag as it is set: for one organisation, or (without `org_id`) for all that set nothing themselves.
         *
         *     `enabled` is the kill switch: false is off for everybody, rules or not. The first rule that names a person or one
         *     of their teams counts; else the roll-out to `percent` of the units.
         */
        FlagSetting: {
            /**
             * Description
             * @default
             */
            description: string;
            /**
             * Enabled
             * @default true
             */
            enabled: boolean;
            /** Key */
            key: string;
            /** Org Id */
            org_id?: string | null;
            /**
             * Percent
             * @default 0
             */
            percent: number;
            /**
             * Rules
             * @default []
             */
            rules: components["schemas"]["FlagRule"][];
            /**
             * Unit
             * @default person
             * @enum {string}
             */
            unit: "organization" | "team" | "person";
            /** Updated At */
            updated_at?: string | null;
            /** Updated By */
            updated_by?: string | null;
        };
        /** Fork */
        Fork: {
            /** Agent Id */
            agent_id: string;
            /** Step */
            step: number;
        };
        /** GatherContextRequest */
        GatherContextRequest: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /** Facts */
            facts: components["schemas"]["Fact"][];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "gather_context";
        };
        /** GatheredFacts */
        GatheredFacts: {
            /** Content Hash */
            content_hash: string;
            /** Count */
            count: number;
        };
        /** GoToSection */
        GoToSection: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /** Section Id */
            section_id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "go_to_section";
        };
        /** GoToSlide */
        GoToSlide: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /** Slide Id */
            slide_id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "go_to_slide";
        };
        /**
         * GraphSuggestions
         * @description Those that the documents speak for most come first.
         */
        GraphSuggestions: {
            /**
             * Entities
             * @default []
             */
            entities: components["schemas"]["SuggestedEntity"][];
            /**
             * Relationships
             * @default []
             */
            relationships: components["schemas"]["SuggestedRelationship"][];
        };
        /**
         * HandAssertion
         * @description `proof` goes into each entry of the signal, beside `actor`. Your rights are asked for at each command.
         */
        HandAssertion: {
            actor: components["schemas"]["Actor"];
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Proof */
            proof: string;
            /** Workflow Id */
            workflow_id: string;
        };
        /** Health */
        Health: {
            /**
             * Status
             * @default ok
             * @constant
             */
            status: "ok";
        };
        /**
         * Heir
         * @description `to`: a member, who becomes an owner; you stay as an admin.
         */
        Heir: {
            /**
             * To
             * Format: uuid
             */
            to: string;
        };
        /** HeroContext */
        HeroContext: {
            investment_thesis: components["schemas"]["InvestmentThesis"];
            /** Selected Hero */
            selected_hero: string;
        };
        /** HeroContextView */
        HeroContextView: {
            /** Rev */
            rev: number;
            stale_reason: components["schemas"]["StaleReason"] | null;
            value: components["schemas"]["HeroContext"];
        };
        /** ImageComponent */
        ImageComponent: {
            /**
             * Alt
             * @default
             */
            alt: string;
            /** Blob Id */
            blob_id: string;
            /**
             * Id
             * @default
             */
            id: string;
            /**
             * Sources
             * @default []
             */
            sources: components["schemas"]["SourceReference"][];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "image";
        };
        /** Images */
        Images: {
            /** Items */
            items: components["schemas"]["SourceImage"][];
        };
        /**
         * InputError
         * @description One thing that is wrong with the input: where (`body.slide.title`) and what.
         */
        InputError: {
            /** Message */
            message: string;
            /** Where */
            where: string;
        };
        /** InvestmentThesis */
        InvestmentThesis: {
            /** Asset */
            asset: string;
            /** Opportunity */
            opportunity: string;
            /** Timing */
            timing: string;
        };
        /**
         * Invitation
         * @description Without an `email` whoever has the link may accept.
         */
        Invitation: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by: string | null;
            /** Email */
            email: string | null;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /**
             * Org Id
             * Format: uuid
             */
            org_id: string;
            org_role: components["schemas"]["OrgRole"];
            /** Project Id */
            project_id: string | null;
            project_role: components["schemas"]["Role"] | null;
            /** Revoked At */
            revoked_at: string | null;
            /** Used At */
            used_at: string | null;
            /** Used By */
            used_by: string | null;
        };
        /**
         * Joined
         * @description Where you belong now, and with which role where you had none before.
         */
        Joined: {
            /**
             * Org Id
             * Format: uuid
             */
            org_id: string;
            org_role: components["schemas"]["OrgRole"];
            /** Project Id */
            project_id: string | null;
            project_role: components["schemas"]["Role"] | null;
        };
        JsonValue: unknown;
        /**
         * KnowledgeDiff
         * @description `name` says what it is: of a relationship both ends, of a decision its text.
         */
        KnowledgeDiff: {
            /**
             * Change
             * @enum {string}
             */
            change: "added" | "changed" | "removed";
            /** Fields */
            fields: components["schemas"]["FieldChange"][];
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "entity" | "relationship" | "decision";
            /** Name */
            name: string;
        };
        /**
         * KnowledgeGraph
         * @description All that a book is about, and what was decided; entities by name, decisions oldest first.
         */
        KnowledgeGraph: {
            /**
             * Decisions
             * @default []
             */
            decisions: components["schemas"]["Decision"][];
            /**
             * Entities
             * @default []
             */
            entities: components["schemas"]["Entity"][];
            /**
             * Relationships
             * @default []
             */
            relationships: components["schemas"]["Relationship"][];
        };
        /**
         * KnownFlag
         * @description A flag that the product asks for. `default` counts where nothing is set.
         */
        KnownFlag: {
            /** Default */
            default: boolean;
            /** Description */
            description: string;
            /** Key */
            key: string;
        };
        /**
         * Mark
         * @description A place in a chain: the number of a row and its hash.
         */
        Mark: {
            /** Hash */
            hash: string;
            /** Seq */
            seq: number;
        };
        /**
         * Me
         * @description Who the token or key belongs to. A machine `acts_for` the person who made its key, within its `scopes`.
         */
        Me: {
            /** Acts For */
            acts_for: string | null;
            /** Email */
            email: string | null;
            /**
             * Kind
             * @enum {string}
             */
            kind: "user" | "machine";
            /** Organisations */
            organisations: components["schemas"]["Organisation"][];
            /** Person Id */
            person_id: string;
            /** Projects */
            projects: components["schemas"]["Project"][];
            /** Scopes */
            scopes: string[] | null;
            trial: components["schemas"]["Trial"] | null;
        };
        /** Member */
        Member: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Email */
            email: string | null;
            /** Full Name */
            full_name: string | null;
            role: components["schemas"]["OrgRole"];
            /**
             * User Id
             * Format: uuid
             */
            user_id: string;
        };
        /** MemberChanges */
        MemberChanges: {
            role: components["schemas"]["OrgRole"];
        };
        /**
         * MessageNow
         * @description A message with the text that it has by now. `attempt`: deltas of an earlier one do not count.
         */
        MessageNow: {
            /**
             * Agent Id
             * @default
             */
            agent_id: string;
            /**
             * Attempt
             * @default 0
             */
            attempt: number;
            author: components["schemas"]["Actor"];
            /** Cim Id */
            cim_id: string;
            /**
             * Citations
             * @default []
             */
            citations: components["schemas"]["Citation"][];
            /** Completed At */
            completed_at?: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Error */
            error?: string | null;
            /** Id */
            id: string;
            /**
             * Mentions
             * @default []
             */
            mentions: string[];
            /**
             * Mode
             * @default draft
             * @enum {string}
             */
            mode: "draft" | "revise" | "ask";
            /** Parent Id */
            parent_id?: string | null;
            /**
             * Role
             * @enum {string}
             */
            role: "user" | "assistant" | "system" | "tool";
            /** Run Id */
            run_id?: string | null;
            /**
             * Status
             * @default complete
             * @enum {string}
             */
            status: "queued" | "writing" | "complete" | "stopped" | "failed";
            /**
             * Steering
             * @default []
             */
            steering: string[];
            /** Text */
            text: string;
            /**
             * Thread Id
             * @default main
             */
            thread_id: string;
            /**
             * Unsupported
             * @default []
             */
            unsupported: string[];
        };
        /**
         * Messages
         * @description `stream_cursor`: open the stream with it as Last-Event-ID, and it goes on right after these texts.
         */
        Messages: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["MessageNow"][];
            /** Next Cursor */
            next_cursor?: string | null;
            /** Stream Cursor */
            stream_cursor: string;
        };
        /** MetricComponent */
        MetricComponent: {
            /**
             * Id
             * @default
             */
            id: string;
            /** Label */
            label: string;
            /**
             * Period
             * @default
             */
            period: string;
            /**
             * Sources
             * @default []
             */
            sources: components["schemas"]["SourceReference"][];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "metric";
            /**
             * Unit
             * @default
             */
            unit: string;
            /** Value */
            value: number | string;
        };
        /**
         * MyFlags
         * @description What is on for you in an organisation, by flag.
         */
        MyFlags: {
            /** Flags */
            flags: {
                [key: string]: boolean;
            };
            /** Org Id */
            org_id: string;
        };
        /** Navigate */
        Navigate: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /** Reason */
            reason?: string | null;
            target_stage: components["schemas"]["Stage"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "navigate";
        };
        /** NewAccount */
        NewAccount: {
            /** Email */
            email: string;
            /**
             * Full Name
             * @default
             */
            full_name: string;
            /**
             * Password
             * Format: password
             */
            password: string;
        };
        /**
         * NewApplication
         * @description `scale` is how many workers serve it. It gets its database, task queue and workers when it is deployed.
         */
        NewApplication: {
            /** Name */
            name: string;
            /**
             * Scale
             * @default 1
             */
            scale: number;
            /**
             * @default {
             *       "continue_as_new_after_events": 1000,
             *       "ramp": [],
             *       "upgrade": "stay"
             *     }
             */
            settings: components["schemas"]["ApplicationSettings"];
        };
        /** NewCIM */
        NewCIM: {
            /**
             * Deal Id
             * Format: uuid
             */
            deal_id: string;
            /** Title */
            title: string;
        };
        /** NewComment */
        NewComment: {
            /** Slide Id */
            slide_id: string;
            /** Text */
            text: string;
        };
        /** NewDeal */
        NewDeal: {
            /** Name */
            name: string;
            /**
             * Project Id
             * Format: uuid
             */
            project_id: string;
        };
        /**
         * NewDeployment
         * @description `deploy` provisions what is missing, starts workers of the version, checks them and gives them new work.
         *
         *     `roll_back` without a version goes to the one that served before.
         */
        NewDeployment: {
            /**
             * Action
             * @enum {string}
             */
            action: "provision" | "deploy" | "roll_back" | "retire";
            /** Version Id */
            version_id?: string | null;
        };
        /**
         * NewEnding
         * @description `confirm` repeats the name of the organisation. It goes on as ever for `after_days`, and ends then.
         */
        NewEnding: {
            /**
             * After Days
             * @default 7
             */
            after_days: number;
            /** Confirm */
            confirm: string;
        };
        /** NewExport */
        NewExport: {
            /**
             * Format
             * @enum {string}
             */
            format: "pptx" | "pdf" | "md" | "json";
        };
        /**
         * NewInvitation
         * @description Without an `email` whoever has the link may accept. `project_id` and `project_role` come together.
         */
        NewInvitation: {
            /** Email */
            email?: string | null;
            /**
             * Expires In Days
             * @default 7
             */
            expires_in_days: number;
            /**
             * Org Role
             * @default member
             * @enum {string}
             */
            org_role: "admin" | "member" | "billing";
            /** Project Id */
            project_id?: string | null;
            project_role?: components["schemas"]["Role"] | null;
        };
        /**
         * NewKey
         * @description `scopes` are actions of the permission matrix. The key may do them only as long as you may.
         */
        NewKey: {
            /**
             * Expires In Days
             * @default 90
             */
            expires_in_days: number;
            /** Name */
            name: string;
            /** Scopes */
            scopes: string[];
        };
        /**
         * NewMessage
         * @description What you say. `mentions` are ids of slides, sections, entities or documents, or names of artifacts or agents.
         *
         *     `parent_id`: the message that yours follows, where that is not the end of the active branch. `edits`: your message
         *     stands in place of that one, on a branch of its own; both stay.
         */
        NewMessage: {
            /** Edits */
            edits?: string | null;
            /**
             * Mentions
             * @default []
             */
            mentions: string[];
            /**
             * Mode
             * @default draft
             * @enum {string}
             */
            mode: "draft" | "revise" | "ask";
            /** Parent Id */
            parent_id?: string | null;
            /**
             * Policy
             * @default enqueue
             * @enum {string}
             */
            policy: "enqueue" | "reject" | "interrupt";
            /** Text */
            text: string;
            /**
             * Thread Id
             * @default main
             */
            thread_id: string;
        };
        /** NewOrganisation */
        NewOrganisation: {
            /** Name */
            name: string;
        };
        /** NewProject */
        NewProject: {
            /** Name */
            name: string;
            /**
             * Org Id
             * Format: uuid
             */
            org_id: string;
        };
        /**
         * NewRun
         * @description A run to start. `compose` plans, writes, reviews; `writers_at_once` and `review_rounds` bound it.
         *
         *     `plan_approval`: whether people look over the plan of a compose run before it goes on. `slide_id`: the one slide
         *     that `draft_slides` writes again; no other is touched.
         */
        NewRun: {
            /**
             * Instruction
             * @default
             */
            instruction: string;
            /** Kind */
            kind: ("draft_buyer_persona" | "draft_hero_context" | "draft_outline" | "draft_slides") | "compose";
            /**
             * Plan Approval
             * @default true
             */
            plan_approval: boolean;
            /**
             * Review Rounds
             * @default 2
             */
            review_rounds: number;
            /**
             * Section Ids
             * @default []
             */
            section_ids: string[];
            /** Slide Id */
            slide_id?: string | null;
            /**
             * Writers At Once
             * @default 3
             */
            writers_at_once: number;
        };
        /**
         * NewSetting
         * @description How a flag is set. `enabled` false switches it off for everybody; else `percent` of the units have it.
         *
         *     The first rule that names a person or one of their teams comes before the percentage.
         */
        NewSetting: {
            /**
             * Description
             * @default
             */
            description: string;
            /**
             * Enabled
             * @default true
             */
            enabled: boolean;
            /**
             * Percent
             * @default 0
             */
            percent: number;
            /**
             * Rules
             * @default []
             */
            rules: components["schemas"]["FlagRule"][];
            /**
             * Unit
             * @default person
             * @enum {string}
             */
            unit: "organization" | "team" | "person";
        };
        /** NewVersion */
        NewVersion: {
            /** Build Id */
            build_id: string;
            /**
             * Name
             * @default
             */
            name: string;
            /**
             * Notes
             * @default
             */
            notes: string;
        };
        /**
         * OrgFlags
         * @description The flags that the product knows, and how they are set: by the organisation, and (without `org_id`) for all.
         */
        OrgFlags: {
            /** Known */
            known: components["schemas"]["KnownFlag"][];
            /** Settings */
            settings: components["schemas"]["FlagSetting"][];
        };
        /**
         * OrgRole
         * @description A person's role in an organisation.
         * @enum {string}
         */
        OrgRole: "owner" | "admin" | "member" | "billing";
        /**
         * Organisation
         * @description An organisation, and the role in it of whoever asks. Without `books_kept_days` it keeps its books for ever.
         */
        Organisation: {
            /**
             * Books Kept After
             * @default completion
             * @enum {string}
             */
            books_kept_after: "completion" | "last_change";
            /** Books Kept Days */
            books_kept_days?: number | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Name */
            name: string;
            /**
             * Org Id
             * Format: uuid
             */
            org_id: string;
            /** Retention Days */
            retention_days: number;
            role: components["schemas"]["OrgRole"];
            /** Trial Allowed */
            trial_allowed: boolean;
        };
        /**
         * OrganisationChanges
         * @description What is left out stays. `retention_days` is how long the audit log is kept.
         *
         *     `books_kept_days`: how long books are kept after they were completed, or after their last change; null is for ever.
         *     A book is announced for seven days before it is deleted.
         */
        OrganisationChanges: {
            /** Books Kept After */
            books_kept_after?: ("completion" | "last_change") | null;
            /** Books Kept Days */
            books_kept_days?: number | null;
            /** Name */
            name?: string | null;
            /** Retention Days */
            retention_days?: number | null;
            /** Trial Allowed */
            trial_allowed?: boolean | null;
        };
        /** Outline */
        Outline: {
            /** Sections */
            sections: components["schemas"]["OutlineSection"][];
        };
        /** OutlineSection */
        OutlineSection: {
            /**
             * Description
             * @default
             */
            description: string;
            /** Id */
            id: string;
            /** Title */
            title: string;
        };
        /** OutlineView */
        OutlineView: {
            /** Rev */
            rev: number;
            stale_reason: components["schemas"]["StaleReason"] | null;
            value: components["schemas"]["Outline"];
        };
        /** Page[AgentSession] */
        Page_AgentSession_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["AgentSession"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[ApiKey] */
        Page_ApiKey_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["ApiKey"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[Application] */
        Page_Application_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["Application"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[AuditRow] */
        Page_AuditRow_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["AuditRow"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[BookRow] */
        Page_BookRow_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["BookRow"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[Branch] */
        Page_Branch_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["Branch"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[CIMHead] */
        Page_CIMHead_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["CIMHead"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[Checkpoint] */
        Page_Checkpoint_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["Checkpoint"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[Comment] */
        Page_Comment_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["Comment"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[Deal] */
        Page_Deal_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["Deal"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[EventRecord] */
        Page_EventRecord_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["EventRecord"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[Invitation] */
        Page_Invitation_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["Invitation"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[Member] */
        Page_Member_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["Member"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[MyFlags] */
        Page_MyFlags_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["MyFlags"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[Organisation] */
        Page_Organisation_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["Organisation"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[ProjectMember] */
        Page_ProjectMember_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["ProjectMember"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[Project] */
        Page_Project_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["Project"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[RecordedCall] */
        Page_RecordedCall_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["RecordedCall"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[Run] */
        Page_Run_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["Run"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[TeamMember] */
        Page_TeamMember_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["TeamMember"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[Team] */
        Page_Team_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["Team"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[Thread] */
        Page_Thread_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["Thread"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[Trial] */
        Page_Trial_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["Trial"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[Version] */
        Page_Version_: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["Version"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Passages */
        Passages: {
            /** Items */
            items: components["schemas"]["SourcePassage"][];
        };
        /**
         * PastCIM
         * @description A book as it was right after event `seq`.
         */
        PastCIM: {
            cim: components["schemas"]["CIMHead"];
            graph: components["schemas"]["KnowledgeGraph"];
            /** Seq */
            seq: number;
            /** Slides */
            slides: components["schemas"]["Slide"][];
        };
        /**
         * Place
         * @description A view of the book, and the slide in it where there is one.
         */
        Place: {
            /**
             * Is Editing
             * @default false
             */
            is_editing: boolean;
            /** Slide Id */
            slide_id?: string | null;
            /** View */
            view: string;
        };
        /**
         * PresenceTold
         * @description `page_id`: one open page; a person may have several. `arrived` asks the others to tell where they are.
         */
        PresenceTold: {
            /** Page Id */
            page_id: string;
            place: components["schemas"]["Place"];
            /**
             * What
             * @default here
             * @enum {string}
             */
            what: "arrived" | "here" | "left";
        };
        /**
         * Present
         * @description One open page of a person.
         */
        Present: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Email */
            email: string;
            /** Page Id */
            page_id: string;
            /** Person Id */
            person_id: string;
            place: components["schemas"]["Place"];
        };
        /** PresentPeople */
        PresentPeople: {
            /** Items */
            items: components["schemas"]["Present"][];
        };
        /**
         * ProblemDetails
         * @description What went wrong, in a sentence, and what to do next.
         */
        ProblemDetails: {
            /** Code */
            code: ("unauthorized" | "token_expired" | "unknown_deal" | "unknown_org" | "unknown_person" | "unknown_team" | "unknown_project" | "unknown_invitation" | "unknown_key" | "invitation_closed" | "other_email" | "last_owner" | "not_a_member" | "name_taken" | "sign_in_refused" | "account_refused" | "trial_refused" | "trial_limit" | "deal_archived" | "too_many_requests" | "not_available_here" | "unknown_source" | "unknown_image" | "unknown_comment" | "unknown_run" | "unknown_message" | "unknown_step" | "thread_busy" | "unknown_export" | "unknown_application" | "unknown_version" | "unknown_deployment" | "unknown_flag" | "unknown_ending" | "not_confirmed" | "not_possible" | "deployment_under_way" | "application_closed" | "not_found" | "method_not_allowed" | "key_reused" | "export_not_ready" | "run_over" | "run_not_over" | "too_large" | "unsupported_media_type" | "unsupported_document" | "unsupported_picture" | "invalid_input" | "store_unavailable" | "workflow_unavailable" | "draining" | "not_carried_out" | "internal") | ("old_rev" | "unknown_cim" | "already_exists" | "unknown_section" | "unknown_slide" | "unknown_seq" | "missing_artifact" | "cim_complete" | "cim_not_complete" | "not_ready" | "order_mismatch" | "too_many_slides" | "duplicate_section" | "nothing_to_restore" | "duplicate_entity" | "unknown_entity" | "unknown_relationship" | "limit_reached" | "unknown_request" | "request_closed" | "wrong_answer" | "people_only" | "agents_only" | "not_accepted" | "evidence_unavailable" | "forbidden" | "unproven" | "access_unavailable");
            /** Detail */
            detail: string;
            /**
             * Errors
             * @description With `invalid_input`: each thing wrong.
             * @default null
             */
            errors: components["schemas"]["InputError"][] | null;
            /**
             * Events Since
             * @description With `old_rev`: what has happened since the expected revision (at most 200).
             * @default null
             */
            events_since: components["schemas"]["EventRecord"][] | null;
            /**
             * Next Step
             * @default
             */
            next_step: string;
            /**
             * Rev
             * @description The current revision of the book, where it matters.
             * @default null
             */
            rev: number | null;
            /** Status */
            status: number;
            /** Title */
            title: string;
            /**
             * Type
             * @description Stable name of the problem, `urn:bookrunner:problem:<code>`.
             */
            type: string;
        };
        /**
         * Project
         * @description A project, and how whoever asks stands to it. `org_role` is absent for people on trial.
         */
        Project: {
            /** Name */
            name: string;
            /**
             * Org Id
             * Format: uuid
             */
            org_id: string;
            org_role: components["schemas"]["OrgRole"] | null;
            /**
             * Project Id
             * Format: uuid
             */
            project_id: string;
            project_role: components["schemas"]["Role"] | null;
        };
        /** ProjectChanges */
        ProjectChanges: {
            /** Name */
            name: string;
        };
        /** ProjectMember */
        ProjectMember: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Email */
            email: string | null;
            /** Full Name */
            full_name: string | null;
            role: components["schemas"]["Role"];
            /**
             * User Id
             * Format: uuid
             */
            user_id: string;
        };
        /**
         * QuestionAnswer
         * @description `choices` are of the options; `text` is free text, or a remark beside the choice.
         */
        QuestionAnswer: {
            /**
             * Choices
             * @default []
             */
            choices: string[];
            /**
             * Text
             * @default
             */
            text: string;
        };
        /** QuoteComponent */
        QuoteComponent: {
            /**
             * By
             * @default
             */
            by: string;
            /**
             * Id
             * @default
             */
            id: string;
            /**
             * Sources
             * @default []
             */
            sources: components["schemas"]["SourceReference"][];
            /** Text */
            text: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "quote";
        };
        /**
         * RampStage
         * @description This share of new work goes to the new version for so long, before it gets more.
         */
        RampStage: {
            /** Percent */
            percent: number;
            /** Seconds */
            seconds: number;
        };
        /** Readiness */
        Readiness: {
            /** Dependencies */
            dependencies: {
                [key: string]: components["schemas"]["Dependency"];
            };
            /**
             * Status
             * @enum {string}
             */
            status: "ready" | "not_ready" | "draining";
        };
        /**
         * RecordedCall
         * @description A call as the log tells it; `seq` is its event.
         */
        RecordedCall: {
            actor: components["schemas"]["Actor"];
            arguments: components["schemas"]["JsonValue"];
            /**
             * At
             * Format: date-time
             */
            at: string;
            call: components["schemas"]["ToolCall"];
            result: components["schemas"]["JsonValue"];
            /** Seq */
            seq: number;
        };
        /** Refreshing */
        Refreshing: {
            /**
             * Refresh Token
             * Format: password
             */
            refresh_token: string;
        };
        /** Relationship */
        Relationship: {
            /**
             * Description
             * @default
             */
            description: string;
            /** From Id */
            from_id: string;
            /** Id */
            id: string;
            /** Kind */
            kind: string;
            /** Rev */
            rev: number;
            /**
             * Sources
             * @default []
             */
            sources: components["schemas"]["SourceReference"][];
            /**
             * Strength
             * @default medium
             * @enum {string}
             */
            strength: "weak" | "medium" | "strong";
            /** To Id */
            to_id: string;
        };
        /** RelationshipDraft */
        RelationshipDraft: {
            /**
             * Description
             * @default
             */
            description: string;
            /** From Id */
            from_id: string;
            /** Id */
            id?: string | null;
            /** Kind */
            kind: string;
            /**
             * Sources
             * @default []
             */
            sources: components["schemas"]["SourceReference"][];
            /**
             * Strength
             * @default medium
             * @enum {string}
             */
            strength: "weak" | "medium" | "strong";
            /** To Id */
            to_id: string;
        };
        /**
         * RemoveEntity
         * @description Takes its relationships with it.
         */
        RemoveEntity: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Entity Id */
            entity_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "remove_entity";
        };
        /** RemoveRelationship */
        RemoveRelationship: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /** Relationship Id */
            relationship_id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "remove_relationship";
        };
        /** RemoveSlide */
        RemoveSlide: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /** Slide Id */
            slide_id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "remove_slide";
        };
        /** Rename */
        Rename: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /** Title */
            title: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "rename";
        };
        /** Reopen */
        Reopen: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "reopen";
        };
        /** ReorderSlides */
        ReorderSlides: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /** Section Id */
            section_id: string;
            /** Slide Ids */
            slide_ids: string[];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "reorder_slides";
        };
        /**
         * Repetition
         * @description Two slides that say much the same. `likeness` is from 0 to 1; `same_figures`: the same statements or tables.
         */
        Repetition: {
            /** Likeness */
            likeness: number;
            /** Same Figures */
            same_figures: boolean;
            /** Slide Ids */
            slide_ids: [
                string,
                string
            ];
        };
        /**
         * Repetitions
         * @description `rev` is the revision of the book that was compared.
         */
        Repetitions: {
            /**
             * Items
             * @default []
             */
            items: components["schemas"]["Repetition"][];
            /** Rev */
            rev: number;
        };
        /**
         * RequestBody
         * @description What people see. Kept once under its hash.
         *
         *     A question has `options` (none: free text; `multiple`: several may be chosen) and a `hint` of what the answer
         *     affects. A confirmation names the `tool`, its `arguments` and the `change` that it would make, field by field
         *     ({"field", "before", "after"}). A plan is in `arguments`, and may be sent back changed.
         */
        RequestBody: {
            /** Arguments */
            arguments?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Change
             * @default []
             */
            change: {
                [key: string]: components["schemas"]["JsonValue"];
            }[];
            /**
             * Hint
             * @default
             */
            hint: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "question" | "confirmation" | "plan";
            /**
             * Multiple
             * @default false
             */
            multiple: boolean;
            /**
             * Options
             * @default []
             */
            options: string[];
            /** Text */
            text: string;
            /**
             * Tool
             * @default
             */
            tool: string;
        };
        /**
         * RequestView
         * @description A request with its body. `answer` is there where somebody answered; `closed_by` is the person.
         */
        RequestView: {
            /** Agent Id */
            agent_id: string;
            /**
             * Agent Type
             * @enum {string}
             */
            agent_type: "assistant" | "planner" | "writer" | "reviewer" | "coder" | "research" | "editor" | "outline";
            /** Answer */
            answer?: components["schemas"]["QuestionAnswer"] | components["schemas"]["ConfirmationAnswer"] | null;
            body: components["schemas"]["RequestBody"];
            /** Closed At */
            closed_at?: string | null;
            /** Closed By */
            closed_by?: string | null;
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "question" | "confirmation" | "plan";
            /**
             * Opened At
             * Format: date-time
             */
            opened_at: string;
            /** Reminded At */
            reminded_at?: string | null;
            /**
             * Reminders
             * @default 0
             */
            reminders: number;
            /** Run Id */
            run_id: string;
            /** Status */
            status: "open" | ("answered" | "superseded" | "cancelled");
            /** Thread Id */
            thread_id: string;
        };
        /** Requests */
        Requests: {
            /** Items */
            items: components["schemas"]["RequestView"][];
        };
        /**
         * Reset
         * @description `code` is in the mail.
         */
        Reset: {
            /**
             * Code
             * Format: password
             */
            code: string;
            /** Email */
            email: string;
            /**
             * Password
             * Format: password
             */
            password: string;
        };
        /** ResetRequest */
        ResetRequest: {
            /** Email */
            email: string;
        };
        /** Resolution */
        Resolution: {
            /** Resolved */
            resolved: boolean;
        };
        /**
         * RestoreRequest
         * @description Bring the book, or one artifact of it, back to what it was at `to_seq`.
         */
        RestoreRequest: {
            /** Artifact */
            artifact?: ("buyer_persona" | "hero_context" | "outline" | "slides") | null;
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /** To Seq */
            to_seq: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "restore";
        };
        /**
         * Retention
         * @description When a book is deleted by the rule of its organisation; null while that is not announced.
         */
        Retention: {
            /** Ends At */
            ends_at: string | null;
        };
        /**
         * Role
         * @description A person's role in the project that a deal belongs to.
         * @enum {string}
         */
        Role: "lead" | "editor" | "reviewer" | "viewer";
        /**
         * Run
         * @description An AI run. `notes` are for people: what it left out and why.
         */
        Run: {
            actor: components["schemas"]["Actor"];
            /**
             * Answer Ids
             * @default []
             */
            answer_ids: string[];
            bounds?: components["schemas"]["ComposeBounds"] | null;
            /** Cim Id */
            cim_id: string;
            /** Completed At */
            completed_at?: string | null;
            /**
             * Deal Id
             * @default
             */
            deal_id: string;
            /** Error */
            error?: string | null;
            /** Id */
            id: string;
            /**
             * Instruction
             * @default
             */
            instruction: string;
            /** Kind */
            kind: string;
            /**
             * Message Id
             * @default
             */
            message_id: string;
            /**
             * Notes
             * @default []
             */
            notes: string[];
            /** Org Id */
            org_id: string;
            /**
             * @default {
             *       "doing": "",
             *       "done": 0,
             *       "total": 0
             *     }
             */
            progress: components["schemas"]["RunProgress"];
            /** Result */
            result?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Resumes
             * @default
             */
            resumes: string;
            /**
             * Section Ids
             * @default []
             */
            section_ids: string[];
            /**
             * Slide Id
             * @default
             */
            slide_id: string;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            /**
             * Status
             * @default queued
             * @enum {string}
             */
            status: "queued" | "running" | "waiting" | "completed" | "failed" | "cancelled";
            /**
             * Thread Id
             * @default
             */
            thread_id: string;
        };
        /** RunProgress */
        RunProgress: {
            /**
             * Doing
             * @default
             */
            doing: string;
            /**
             * Done
             * @default 0
             */
            done: number;
            /**
             * Total
             * @default 0
             */
            total: number;
        };
        /**
         * RunUsage
         * @description What the models of a run took. `key` of an item is the id of the agent that called them.
         *
         *     `whose`: all calls, or only what you caused.
         */
        RunUsage: {
            /** Items */
            items: components["schemas"]["UsageGroup"][];
            /** Run Id */
            run_id: string;
            total: components["schemas"]["UsageSums"];
            /**
             * Whose
             * @enum {string}
             */
            whose: "all" | "own";
        };
        /** SaveBuyerPersona */
        SaveBuyerPersona: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            persona: components["schemas"]["BuyerPersona"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "save_buyer_persona";
        };
        /** SaveHeroContext */
        SaveHeroContext: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            hero: components["schemas"]["HeroContext"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "save_hero_context";
        };
        /** SaveOutline */
        SaveOutline: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /** Sections */
            sections: components["schemas"]["SectionDraft"][];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "save_outline";
        };
        /** SaveSlideRequest */
        SaveSlideRequest: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            slide: components["schemas"]["SlideDraft"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "save_slide";
        };
        /**
         * SectionDraft
         * @description A section as it travels: an id is given out where it is missing.
         */
        SectionDraft: {
            /**
             * Description
             * @default
             */
            description: string;
            /** Id */
            id?: string | null;
            /** Title */
            title: string;
        };
        /**
         * SectionView
         * @description A section of the outline with the status counts of its slides.
         */
        SectionView: {
            /** Description */
            description: string;
            /** Id */
            id: string;
            progress: components["schemas"]["SlideCounts"];
            /** Title */
            title: string;
        };
        /**
         * SignedIn
         * @description `access_token` goes into `Authorization: Bearer ...` and lives for `expires_in` seconds; `refresh_token` gets the
         *     next one, once.
         */
        SignedIn: {
            /** Access Token */
            access_token: string;
            /** Email */
            email: string | null;
            /** Expires In */
            expires_in: number;
            /**
             * Person Id
             * Format: uuid
             */
            person_id: string;
            /** Refresh Token */
            refresh_token: string;
        };
        /**
         * SignedUp
         * @description Without a `session` the address must be confirmed first: a mail is under way.
         */
        SignedUp: {
            /**
             * Person Id
             * Format: uuid
             */
            person_id: string;
            session: components["schemas"]["SignedIn"] | null;
        };
        /**
         * Slide
         * @description A slide as it is read: its place and status, and its whole content.
         */
        Slide: {
            /** Components */
            components: (components["schemas"]["TextComponent"] | components["schemas"]["BulletsComponent"] | components["schemas"]["TableComponent"] | components["schemas"]["ChartComponent"] | components["schemas"]["MetricComponent"] | components["schemas"]["QuoteComponent"] | components["schemas"]["ImageComponent"])[];
            /** Id */
            id: string;
            /**
             * Layout Type
             * @enum {string}
             */
            layout_type: "title" | "section" | "text" | "bullets" | "two_columns" | "table" | "chart" | "metrics" | "quote" | "image";
            /** Notes */
            notes: string;
            /** Position */
            position: number;
            /** Rev */
            rev: number;
            /** Section Id */
            section_id: string;
            /** Sources */
            sources: components["schemas"]["SourceReference"][];
            stale_reason: components["schemas"]["StaleReason"] | null;
            status: components["schemas"]["SlideStatus"];
            /** Title */
            title: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
        };
        /** SlideCounts */
        SlideCounts: {
            /**
             * Approved
             * @default 0
             */
            approved: number;
            /**
             * Draft
             * @default 0
             */
            draft: number;
            /**
             * Needs Review
             * @default 0
             */
            needs_review: number;
        };
        /** SlideDiff */
        SlideDiff: {
            /**
             * Change
             * @enum {string}
             */
            change: "added" | "changed" | "removed";
            /** Fields */
            fields: components["schemas"]["FieldChange"][];
            /** Section Id */
            section_id: string;
            /** Slide Id */
            slide_id: string;
            /** Title */
            title: string;
        };
        /**
         * SlideDraft
         * @description A slide as a person or an agent sends it: its whole body, its place, and its id unless it is new.
         */
        SlideDraft: {
            /**
             * Components
             * @default []
             */
            components: (components["schemas"]["TextComponent"] | components["schemas"]["BulletsComponent"] | components["schemas"]["TableComponent"] | components["schemas"]["ChartComponent"] | components["schemas"]["MetricComponent"] | components["schemas"]["QuoteComponent"] | components["schemas"]["ImageComponent"])[];
            /** Id */
            id?: string | null;
            /**
             * Layout Type
             * @enum {string}
             */
            layout_type: "title" | "section" | "text" | "bullets" | "two_columns" | "table" | "chart" | "metrics" | "quote" | "image";
            /**
             * Notes
             * @default
             */
            notes: string;
            /** Section Id */
            section_id: string;
            /**
             * Sources
             * @default []
             */
            sources: components["schemas"]["SourceReference"][];
            /** Title */
            title: string;
        };
        /**
         * SlideStatus
         * @enum {string}
         */
        SlideStatus: "draft" | "needs_review" | "approved";
        /** Slides */
        Slides: {
            /** Items */
            items: components["schemas"]["Slide"][];
        };
        /**
         * Source
         * @description An uploaded document and how far its reading is. `size` in bytes; `problem` says why it was refused.
         */
        Source: {
            /** Cim Id */
            cim_id: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            created_by: components["schemas"]["Actor"];
            /**
             * Facts
             * @default 0
             */
            facts: number;
            /** Id */
            id: string;
            /** Kind */
            kind: string;
            /** Name */
            name: string;
            /** Org Id */
            org_id: string;
            /** Pages */
            pages?: number | null;
            /**
             * Passages
             * @default 0
             */
            passages: number;
            /** Problem */
            problem?: string | null;
            /** Sha256 */
            sha256: string;
            /** Size */
            size: number;
            /**
             * Status
             * @default received
             * @enum {string}
             */
            status: "received" | "reading" | "ready" | "refused";
        };
        /**
         * SourceImage
         * @description A picture taken from a document, or uploaded: then `source_id` is empty and `text` the name of the file.
         *
         *     `fingerprint` is a perceptual hash (hex); `text` what stands around it.
         */
        SourceImage: {
            /** Blob Sha256 */
            blob_sha256: string;
            /** Cim Id */
            cim_id: string;
            /** Fingerprint */
            fingerprint: string;
            /** Height */
            height: number;
            /** Id */
            id: string;
            /** Locator */
            locator: string;
            /** Media Type */
            media_type: string;
            /** Source Id */
            source_id: string;
            /**
             * Text
             * @default
             */
            text: string;
            /** Width */
            width: number;
        };
        /**
         * SourcePassage
         * @description A searchable part of a document, with the document that it comes from.
         */
        SourcePassage: {
            /**
             * Heading
             * @default
             */
            heading: string;
            /** Locator */
            locator: string;
            /** Ordinal */
            ordinal: number;
            /** Passage Id */
            passage_id: string;
            /** Source Id */
            source_id: string;
            /** Text */
            text: string;
        };
        /**
         * SourceReference
         * @description Where a sentence or figure comes from.
         *
         *     `anchor` says which part of a component it supports: `r2c1` a table cell (0-based row and column), `s0p3` a point of
         *     a chart series, `i2` a bullet; absent means the whole component.
         */
        SourceReference: {
            /** Anchor */
            anchor?: string | null;
            /** Locator */
            locator: string;
            /** Passage Id */
            passage_id?: string | null;
            /** Quote */
            quote?: string | null;
            /** Source Id */
            source_id: string;
        };
        /** Sources */
        Sources: {
            /** Items */
            items: components["schemas"]["Source"][];
        };
        /**
         * Stage
         * @description The five stages of a CIM, in order.
         * @enum {string}
         */
        Stage: "welcome" | "buyer_persona" | "hero_concept" | "outline" | "building_sections";
        /**
         * StaleReason
         * @description Why something no longer rests on what it was built from.
         * @enum {string}
         */
        StaleReason: "welcome_changed" | "buyer_persona_changed" | "hero_concept_changed" | "outline_changed";
        /** StartedExport */
        StartedExport: {
            /** Export Id */
            export_id: string;
        };
        /** StartedRun */
        StartedRun: {
            /** Run Id */
            run_id: string;
        };
        /** Steering */
        Steering: {
            /** Text */
            text: string;
        };
        /**
         * SteeringTaken
         * @description `number` counts what was added to the run, from 1.
         */
        SteeringTaken: {
            /** Number */
            number: number;
            /** Run Id */
            run_id: string;
        };
        /**
         * SuggestedEntity
         * @description Something that the documents name and the book does not know; `mentions` counts how often.
         */
        SuggestedEntity: {
            /**
             * Aliases
             * @default []
             */
            aliases: string[];
            /**
             * Kind
             * @enum {string}
             */
            kind: "company" | "person" | "product" | "market" | "customer";
            /** Mentions */
            mentions: number;
            /** Name */
            name: string;
            /**
             * Sources
             * @default []
             */
            sources: components["schemas"]["SourceReference"][];
        };
        /**
         * SuggestedRelationship
         * @description Two entities of the book that the documents name in one sentence, `together` times, without a relationship.
         */
        SuggestedRelationship: {
            /** From Id */
            from_id: string;
            /** Kind */
            kind: string;
            /**
             * Sources
             * @default []
             */
            sources: components["schemas"]["SourceReference"][];
            /**
             * Strength
             * @enum {string}
             */
            strength: "weak" | "medium" | "strong";
            /** To Id */
            to_id: string;
            /** Together */
            together: number;
        };
        /** TableComponent */
        TableComponent: {
            /** Columns */
            columns: string[];
            /**
             * Id
             * @default
             */
            id: string;
            /**
             * Rows
             * @default []
             */
            rows: (string | number | null)[][];
            /**
             * Sources
             * @default []
             */
            sources: components["schemas"]["SourceReference"][];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "table";
        };
        /** Team */
        Team: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Name */
            name: string;
            /**
             * Org Id
             * Format: uuid
             */
            org_id: string;
        };
        /** TeamMember */
        TeamMember: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Team Id
             * Format: uuid
             */
            team_id: string;
            /**
             * User Id
             * Format: uuid
             */
            user_id: string;
        };
        /** TeamName */
        TeamName: {
            /** Name */
            name: string;
        };
        /** TextComponent */
        TextComponent: {
            /**
             * Id
             * @default
             */
            id: string;
            /**
             * Sources
             * @default []
             */
            sources: components["schemas"]["SourceReference"][];
            /** Text */
            text: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "text";
        };
        /**
         * Thread
         * @description A conversation of a book. `leaf_id` ends the active branch, `leaves` every branch, oldest first.
         */
        Thread: {
            /** Cim Id */
            cim_id: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Id */
            id: string;
            /** Leaf Id */
            leaf_id?: string | null;
            /**
             * Leaves
             * @default []
             */
            leaves: string[];
            /**
             * Title
             * @default
             */
            title: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
        };
        /**
         * ToolCall
         * @description One call of a tool. `summary` is a line for people; `confirmed_by` who allowed it, where somebody was asked.
         */
        ToolCall: {
            /** Agent Id */
            agent_id: string;
            /**
             * Agent Type
             * @enum {string}
             */
            agent_type: "assistant" | "planner" | "writer" | "reviewer" | "coder" | "research" | "editor" | "outline";
            /**
             * Confirmed By
             * @default
             */
            confirmed_by: string;
            /** Content Hash */
            content_hash: string;
            /** Id */
            id: string;
            /** Run Id */
            run_id: string;
            /**
             * Status
             * @enum {string}
             */
            status: "done" | "failed" | "denied" | "refused";
            /**
             * Summary
             * @default
             */
            summary: string;
            /** Tool */
            tool: string;
        };
        /** Trial */
        Trial: {
            /**
             * Counted On
             * Format: date
             */
            counted_on: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Deal Id
             * Format: uuid
             */
            deal_id: string;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Messages A Day */
            messages_a_day: number;
            /** Messages Today */
            messages_today: number;
            /**
             * Org Id
             * Format: uuid
             */
            org_id: string;
            /**
             * Project Id
             * Format: uuid
             */
            project_id: string;
            /** Upgraded At */
            upgraded_at: string | null;
            /** Upgraded To */
            upgraded_to: string | null;
            /**
             * User Id
             * Format: uuid
             */
            user_id: string;
        };
        /** TrialBegun */
        TrialBegun: {
            /**
             * Deal Id
             * Format: uuid
             */
            deal_id: string;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Messages A Day */
            messages_a_day: number;
            /**
             * Project Id
             * Format: uuid
             */
            project_id: string;
            session: components["schemas"]["SignedIn"];
        };
        /** TrialRequest */
        TrialRequest: {
            /**
             * Org Id
             * Format: uuid
             */
            org_id: string;
        };
        /**
         * TurnAccepted
         * @description `ahead` turns of the thread come first.
         */
        TurnAccepted: {
            /**
             * Ahead
             * @default 0
             */
            ahead: number;
            /** Answer Ids */
            answer_ids: string[];
            /** Message Id */
            message_id: string;
            /** Run Id */
            run_id: string;
        };
        /**
         * UpdateEntityRequest
         * @description The entity as it is to be from now on, whole.
         */
        UpdateEntityRequest: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            entity: components["schemas"]["EntityBody"];
            /** Entity Id */
            entity_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "update_entity";
        };
        /**
         * UsageGroup
         * @description `key` is a time in UTC, a model, a person's id or a kind of work.
         */
        UsageGroup: {
            /**
             * Calls
             * @default 0
             */
            calls: number;
            /**
             * Cost Usd
             * @default 0
             */
            cost_usd: number;
            /** Key */
            key: string;
            /**
             * Seconds
             * @default 0
             */
            seconds: number;
            /**
             * Tokens Cached
             * @default 0
             */
            tokens_cached: number;
            /**
             * Tokens In
             * @default 0
             */
            tokens_in: number;
            /**
             * Tokens Out
             * @default 0
             */
            tokens_out: number;
        };
        /**
         * UsageReport
         * @description Whole hours from `since` on and before `until`. `whose`: all of the organisation, or only what you caused.
         */
        UsageReport: {
            /**
             * Group By
             * @enum {string}
             */
            group_by: "hour" | "day" | "month" | "model" | "person" | "work";
            /** Items */
            items: components["schemas"]["UsageGroup"][];
            /** Org Id */
            org_id: string;
            /**
             * Since
             * Format: date-time
             */
            since: string;
            total: components["schemas"]["UsageSums"];
            /**
             * Until
             * Format: date-time
             */
            until: string;
            /**
             * Whose
             * @enum {string}
             */
            whose: "organisation" | "own";
        };
        /**
         * UsageSums
         * @description `cached` tokens are part of `tokens_in`; `seconds` is the time that models took to answer.
         */
        UsageSums: {
            /**
             * Calls
             * @default 0
             */
            calls: number;
            /**
             * Cost Usd
             * @default 0
             */
            cost_usd: number;
            /**
             * Seconds
             * @default 0
             */
            seconds: number;
            /**
             * Tokens Cached
             * @default 0
             */
            tokens_cached: number;
            /**
             * Tokens In
             * @default 0
             */
            tokens_in: number;
            /**
             * Tokens Out
             * @default 0
             */
            tokens_out: number;
        };
        /**
         * Verification
         * @description What a check found. Note `end` somewhere else: a later check can be held against it.
         */
        Verification: {
            begin?: components["schemas"]["Mark"] | null;
            end?: components["schemas"]["Mark"] | null;
            /**
             * Faults
             * @default []
             */
            faults: components["schemas"]["Fault"][];
            /** Org Id */
            org_id: string;
            /** Rows */
            rows: number;
        };
        /**
         * Version
         * @description A build of the product that workers run; the same for all applications.
         */
        Version: {
            /** Build Id */
            build_id: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by?: string | null;
            /** Id */
            id: string;
            /**
             * Name
             * @default
             */
            name: string;
            /**
             * Notes
             * @default
             */
            notes: string;
            /** Retired At */
            retired_at?: string | null;
        };
        /**
         * WebConfig
         * @description `demo_people` only where the embedded Supabase is used. `temporal_ui_url`: where runs can be looked at.
         */
        WebConfig: {
            /**
             * Demo People
             * @default []
             */
            demo_people: components["schemas"]["DemoPerson"][];
            /**
             * Temporal Namespace
             * @default default
             */
            temporal_namespace: string;
            /** Temporal Ui Url */
            temporal_ui_url?: string | null;
        };
        /** WithdrawAcceptance */
        WithdrawAcceptance: {
            /**
             * Command Id
             * Format: uuid
             */
            command_id: string;
            /** Expected Rev */
            expected_rev?: number | null;
            /** Finding Id */
            finding_id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "withdraw_acceptance";
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_all_applications: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Application_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_application: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An application. */
                application_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Application"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    update_application: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An application. */
                application_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApplicationChanges"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Application"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_deployments: {
        parameters: {
            query?: {
                before?: string;
                /** @description The most items to answer with. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description An application. */
                application_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentPage"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    start_deployment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same key, the call has the same effect as once. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description An application. */
                application_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDeployment"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    request_password_reset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description What is asked for is not available in this installation. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    confirm_password_reset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reset"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    refresh_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Refreshing"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    sign_up: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAccount"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedUp"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description What is asked for is not available in this installation. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    begin_trial: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TrialRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrialBegun"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description What is asked for is not available in this installation. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    upgrade_trial: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAccount"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedUp"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description What is asked for is not available in this installation. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_books: {
        parameters: {
            query?: {
                deal_id?: string;
                status?: components["schemas"]["CIMStatus"];
                stage?: components["schemas"]["Stage"];
                ids?: string[];
                cursor?: string;
                /** @description The most items to answer with. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_BookRow_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_budget: {
        parameters: {
            query?: {
                /** @description Needed by people who work for several organisations. */
                org_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BudgetReport"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_cims: {
        parameters: {
            query?: {
                deal_id?: string;
                status?: components["schemas"]["CIMStatus"];
                stage?: components["schemas"]["Stage"];
                ids?: string[];
                cursor?: string;
                /** @description The most items to answer with. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_CIMHead_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    create_cim: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same key, the call has the same effect as once. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCIM"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CIMHead"];
                };
            };
            /** @description Durable and on its way; not readable yet. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedCIM"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_cim: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string;
            };
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CIMHead"];
                };
            };
            /** @description Not changed since the ETag that you have. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    delete_cim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_agents_of_book: {
        parameters: {
            query?: {
                status?: "idle" | "running" | "completed" | "failed";
                cursor?: string;
                /** @description The most items to answer with. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AgentSession_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    create_assertion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HandAssertion"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_cim_at: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A revision: the seq of an event. */
                seq: number;
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PastCIM"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    send_commands: {
        parameters: {
            query?: never;
            header?: {
                /** @description The revision that you had, as in ETag; the same as `expected_rev`. */
                "if-match"?: string;
                /** @description `respond-async` does not wait for the answers. */
                prefer?: string;
            };
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": (components["schemas"]["Navigate"] | components["schemas"]["GoToSection"] | components["schemas"]["GoToSlide"] | components["schemas"]["SaveBuyerPersona"] | components["schemas"]["SaveHeroContext"] | components["schemas"]["SaveOutline"] | components["schemas"]["SaveSlideRequest"] | components["schemas"]["ApproveSlide"] | components["schemas"]["RemoveSlide"] | components["schemas"]["ConfirmArtifact"] | components["schemas"]["ReorderSlides"] | components["schemas"]["GatherContextRequest"] | components["schemas"]["Rename"] | components["schemas"]["CompleteRequest"] | components["schemas"]["Reopen"] | components["schemas"]["RestoreRequest"] | components["schemas"]["CreateEntityRequest"] | components["schemas"]["UpdateEntityRequest"] | components["schemas"]["RemoveEntity"] | components["schemas"]["CreateRelationshipRequest"] | components["schemas"]["RemoveRelationship"] | components["schemas"]["CommitDecisionRequest"] | components["schemas"]["CloseRequest"] | components["schemas"]["AcceptFinding"] | components["schemas"]["WithdrawAcceptance"]) | (components["schemas"]["Navigate"] | components["schemas"]["GoToSection"] | components["schemas"]["GoToSlide"] | components["schemas"]["SaveBuyerPersona"] | components["schemas"]["SaveHeroContext"] | components["schemas"]["SaveOutline"] | components["schemas"]["SaveSlideRequest"] | components["schemas"]["ApproveSlide"] | components["schemas"]["RemoveSlide"] | components["schemas"]["ConfirmArtifact"] | components["schemas"]["ReorderSlides"] | components["schemas"]["GatherContextRequest"] | components["schemas"]["Rename"] | components["schemas"]["CompleteRequest"] | components["schemas"]["Reopen"] | components["schemas"]["RestoreRequest"] | components["schemas"]["CreateEntityRequest"] | components["schemas"]["UpdateEntityRequest"] | components["schemas"]["RemoveEntity"] | components["schemas"]["CreateRelationshipRequest"] | components["schemas"]["RemoveRelationship"] | components["schemas"]["CommitDecisionRequest"] | components["schemas"]["CloseRequest"] | components["schemas"]["AcceptFinding"] | components["schemas"]["WithdrawAcceptance"])[];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswers"];
                };
            };
            /** @description Durable and on its way: handed over without waiting, or not answered in time. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswers"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_comments: {
        parameters: {
            query?: {
                slide_id?: string;
            };
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Comment_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    add_comment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same key, the call has the same effect as once. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewComment"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comment"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    resolve_comment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                comment_id: string;
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Resolution"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comment"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    diff_cim: {
        parameters: {
            query: {
                from: number;
                to: number;
            };
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CIMDiff"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_events: {
        parameters: {
            query?: {
                /** @description The last seq that you have. */
                after?: number;
                /** @description The most items to answer with. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_EventRecord_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    start_export: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same key, the call has the same effect as once. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewExport"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedExport"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_facts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Facts"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_findings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Findings"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_graph: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KnowledgeGraph"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    suggest_graph: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GraphSuggestions"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_images: {
        parameters: {
            query?: {
                source_id?: string;
            };
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Images"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    upload_image: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_upload_image"];
            };
        };
        responses: {
            /** @description The book has this picture already; here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceImage"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceImage"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The media type or kind of document is not supported. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    download_image: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string;
            };
            path: {
                image_id: string;
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture, as PNG or JPEG. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                    "image/png": unknown;
                };
            };
            /** @description It has not changed: a picture never does. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_messages: {
        parameters: {
            query?: {
                thread_id?: string;
                /** @description The last message of a branch; absent: the active one. */
                branch?: string;
                /** @description The oldest message that you have. */
                before?: string;
                /** @description The most items to answer with. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Messages"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    send_message: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same key, the call has the same effect as once. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMessage"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TurnAccepted"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                message_id: string;
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageNow"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_presence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PresentPeople"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    tell_presence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PresenceTold"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_repetitions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Repetitions"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_requests: {
        parameters: {
            query?: {
                /** @description `all`: the last closed ones too, with their answers. */
                state?: "open" | "all";
            };
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Requests"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_retention: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Retention"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_runs: {
        parameters: {
            query?: {
                status?: "queued" | "running" | "waiting" | "completed" | "failed" | "cancelled";
                cursor?: string;
                /** @description The most items to answer with. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Run_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    start_run: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same key, the call has the same effect as once. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRun"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedRun"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_slides: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Slides"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_slide: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                slide_id: string;
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Slide"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_sources: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sources"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    upload_source: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_upload_source"];
            };
        };
        responses: {
            /** @description The same file was uploaded before; here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Source"];
                };
            };
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Source"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The media type or kind of document is not supported. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    stream_events: {
        parameters: {
            query?: {
                /** @description The last seq that you have; absent: only what comes. */
                after?: number;
                /** @description The last entry of the talk; absent: it begins now. */
                talk_after?: number;
            };
            header?: {
                /** @description Both, as a browser sends them: `{seq}.{n}`. It wins. */
                "last-event-id"?: string;
            };
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Server-sent events. `id:` is the cursor `{seq}.{n}` after the event and the entry of the talk; send it as Last-Event-ID to go on there, exactly. `event:` is the type of an event of the log, or of the talk: `message`, `delta`, `message_reset`, `workspace`, `steer`; `data:` is JSON. Without a talk cursor, first come the messages that are being written, as they read now, without an id, then `ready`. A `delta` is added to its message, a `message_reset` takes the place of its text; ignore both when their `attempt` is lower than one that you have seen for the message, or the message is final. A `message` that you know and that is not final leaves its text as it is. `talk_reset`: you were away for too long; read the messages again and open the stream at their cursor. Notices of runs, agents, sources and exports have no id; `closing` tells why the stream ends. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": {
                        data: string;
                        event: string;
                        id?: string;
                    };
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_threads: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Thread_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    switch_branch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                thread_id: string;
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActiveBranch"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thread"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_branches: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                thread_id: string;
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Branch_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_tool_calls: {
        parameters: {
            query?: {
                /** @description Only the calls of this run. */
                run_id?: string;
                /** @description The last seq that you have. */
                after?: number;
                /** @description The most items to answer with. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The id of a book. */
                cim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_RecordedCall_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    decode_payloads: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: {
                /** @description Instead of a token: see /codec/session. */
                bookrunner_codec?: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EncodedPayloads"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EncodedPayloads"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    open_codec_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    close_codec_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: {
                /** @description Instead of a token: see /codec/session. */
                bookrunner_codec?: string;
            };
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_deals: {
        parameters: {
            query: {
                /** @description The project to look in. */
                project_id: string;
                /** @description Also those that are archived. */
                archived?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Deal_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    create_deal: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDeal"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deal"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    change_deal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A deal. */
                deal_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DealChanges"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deal"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_deployment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A deployment. */
                deployment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentWithSteps"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    call_off_deployment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A deployment. */
                deployment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_export: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                export_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    download_export: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                export_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                    "application/pdf": string;
                    "application/vnd.openxmlformats-officedocument.presentationml.presentation": string;
                    "text/markdown": string;
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_flags: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_MyFlags_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    set_flag: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A flag. */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSetting"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlagSetting"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    unset_flag: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A flag. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    accept_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Acceptance"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Joined"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_orgs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Organisation_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    create_org: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewOrganisation"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organisation"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_org: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organisation"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    update_org: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrganisationChanges"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organisation"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_applications: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Application_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    create_application: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewApplication"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Application"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_audit: {
        parameters: {
            query?: {
                cursor?: string;
                /** @description The most items to answer with. */
                limit?: number;
                /** @description Id of who did it, or on whose behalf. */
                actor?: string;
                /** @description Such as `cim.read`; `cim.` for all about books. */
                action?: string;
                /** @description Id of what it was done to. */
                target?: string;
                since?: string;
                until?: string;
            };
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AuditRow_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    export_audit: {
        parameters: {
            query?: {
                format?: "csv" | "json";
                /** @description Id of who did it, or on whose behalf. */
                actor?: string;
                /** @description Such as `cim.read`; `cim.` for all about books. */
                action?: string;
                /** @description Id of what it was done to. */
                target?: string;
                since?: string;
                until?: string;
            };
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The entries, the newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditRow"][];
                    "text/csv": string;
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    verify_audit: {
        parameters: {
            query?: {
                /** @description The `end` of an earlier check, `seq:hash`; finds a chain written anew. */
                known?: string;
            };
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verification"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_ending: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ending"] | null;
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    end_org: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewEnding"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ending"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    keep_org: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_org_flags: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrgFlags"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    set_org_flag: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A flag. */
                key: string;
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSetting"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlagSetting"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    unset_org_flag: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A flag. */
                key: string;
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_invitations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Invitation_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    create_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewInvitation"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedInvitation"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    revoke_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An invitation. */
                invitation_id: string;
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_keys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ApiKey_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    create_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewKey"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedKey"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    revoke_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A key. */
                key_id: string;
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_members: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Member_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    remove_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A person. */
                user_id: string;
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    change_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A person. */
                user_id: string;
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MemberChanges"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_teams: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Team_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    create_team: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamName"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    remove_team: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A team. */
                team_id: string;
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    rename_team: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A team. */
                team_id: string;
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamName"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_team_members: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A team. */
                team_id: string;
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_TeamMember_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    join_team: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A team. */
                team_id: string;
                /** @description A person. */
                user_id: string;
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    leave_team: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A team. */
                team_id: string;
                /** @description A person. */
                user_id: string;
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    transfer_ownership: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Heir"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_trials: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organisation. */
                org_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Trial_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_projects: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Project_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    create_project: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewProject"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_project: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    rename_project: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectChanges"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_project_members: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ProjectMember_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    set_project_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Appointment"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectMember"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    remove_project_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A person. */
                user_id: string;
                /** @description A project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description A part that is needed does not answer, or the process is on its way out. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    list_all_runs: {
        parameters: {
            query?: {
                status?: "queued" | "running" | "waiting" | "completed" | "failed" | "cancelled";
                cursor?: string;
                /** @description The most items to answer with. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Run_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_agents: {
        parameters: {
            query?: {
                status?: "idle" | "running" | "completed" | "failed";
                cursor?: string;
                /** @description The most items to answer with. */
                limit?: number;
            };
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AgentSession_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    answer_request: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
                request_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmationGiven"] | components["schemas"]["QuestionAnswer"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
            /** @description Durable and on its way: not answered in time. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    cancel_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedRun"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    fork_run: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same key, the call has the same effect as once. */
                "idempotency-key"?: string;
            };
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Fork"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedRun"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    resume_run: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same key, the call has the same effect as once. */
                "idempotency-key"?: string;
            };
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedRun"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    steer_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Steering"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SteeringTaken"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_steps: {
        parameters: {
            query: {
                /** @description The agent session; a draft run is its own. */
                agent_id: string;
            };
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Checkpoint_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_step: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
                agent_id: string;
                step: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Checkpoint"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_run_usage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunUsage"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_source: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                source_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Source"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_passages: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                source_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Passages"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_usage: {
        parameters: {
            query?: {
                /** @description Needed by people who work for several organisations. */
                org_id?: string;
                /** @description Absent: the beginning of this month. */
                since?: string;
                /** @description Absent: now. */
                until?: string;
                group_by?: "hour" | "day" | "month" | "model" | "person" | "work";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageReport"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    list_versions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Version_"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    create_version: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewVersion"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The state does not allow it; nothing was changed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    retire_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A version. */
                version_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The book or deal is known to you, but you have no right to do this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description There is no such thing, or it belongs to somebody else. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    read_web_config: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebConfig"];
                };
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    take_supabase_webhook: {
        parameters: {
            query?: never;
            header?: {
                "webhook-id"?: string;
                "webhook-timestamp"?: string;
                "webhook-signature"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or one that is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description The input is malformed; nothing was changed. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Too many requests; try again after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
            /** @description A part that is needed does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
}
