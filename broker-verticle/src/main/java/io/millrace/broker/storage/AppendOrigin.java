package io.millrace.broker.storage;

/** Who asks for an append: decides whether offsets are assigned and how strictly producers are checked. */
public enum AppendOrigin {
    /** A producer: offsets are assigned, sequences are checked, duplicates are answered from the producer table. */
    CLIENT,
    /** A coordinator of this broker, for its own records and transaction markers: offsets are assigned, sequences not checked. */
    COORDINATOR,
    /** A follower's fetch: offsets come with the batches and must continue the log; the leader has checked the rest. */
    REPLICATION
}
