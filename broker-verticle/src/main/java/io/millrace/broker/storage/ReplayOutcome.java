package io.millrace.broker.storage;

/** What became of batches of the journal at recovery. */
public enum ReplayOutcome {
    /** The segments had them. */
    PRESENT,
    /** The segments had lost them; they are staged again. */
    RESTORED,
    /**
     * They do not continue the log: batches before them are missing from the segments and from the journal. They were part
     * of the last, unfinished write of the journal and never acknowledged; or the journal has rotted.
     */
    BEYOND
}
