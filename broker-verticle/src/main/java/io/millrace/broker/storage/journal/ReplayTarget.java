package io.millrace.broker.storage.journal;

import java.io.IOException;

/** Receives what a journal holds, oldest first, at recovery. */
public interface ReplayTarget {

    /** A file follows, whose use was numbered so. */
    void onFileStart(JournalFile file) throws IOException;

    /** One intact entry. Its body may be kept until {@link #onFileEnd}. */
    void onEntry(JournalEntry entry) throws IOException;

    /** All entries of the file were handed over; their bodies go away when this returns. */
    void onFileEnd(JournalFile file) throws IOException;
}
