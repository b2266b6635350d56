package io.millrace.broker.storage;

/** What an acknowledgement promises about the leader's disk. */
public enum Durability {
    /** Acknowledged and visible after the journal's sync: survives a process kill, an OS crash and a power loss. */
    JOURNAL,
    /** Acknowledged and visible after the write to the page cache, as Kafka does: survives a process kill only. */
    OS
}
