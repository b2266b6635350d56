package io.millrace.broker.storage.journal;

/**
 * The size of a journal.
 *
 * @param fileBytes size of one file, a multiple of the block size; the largest entry must fit into one
 * @param filesMax how many files there may be; when all wait for a checkpoint, commits wait too. At least 2
 */
public record JournalOptions(int fileBytes, int filesMax) {

    /** 256 MB in all: a second of full-speed writes between checkpoints, and as much to read after a kill. */
    public static final JournalOptions DEFAULT = new JournalOptions(32 << 20, 8);

    public JournalOptions {
        if (fileBytes < 4 * JournalFormat.BLOCK_BYTES || fileBytes % JournalFormat.BLOCK_BYTES != 0) {
            throw new IllegalArgumentException("journal file of " + fileBytes + " bytes: must be a multiple of "
                    + JournalFormat.BLOCK_BYTES + " and at least four times that");
        }
        if (filesMax < 2) {
            throw new IllegalArgumentException("journal of " + filesMax + " files: at least 2 are needed");
        }
    }
}
