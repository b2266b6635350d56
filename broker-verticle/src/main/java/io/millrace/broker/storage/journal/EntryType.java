package io.millrace.broker.storage.journal;

import org.jspecify.annotations.Nullable;

/** What a journal entry says about its partition. */
public enum EntryType {
    /** Record batches, from the entry's offset on. */
    BATCHES(1),
    /** Records below the entry's offset are deleted; no body. */
    LOG_START(2);

    private final int code;

    EntryType(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static @Nullable EntryType forCode(int code) {
        return switch (code) {
            case 1 -> BATCHES;
            case 2 -> LOG_START;
            default -> null;
        };
    }
}
