package io.millrace.broker.storage.segment;

import io.millrace.broker.storage.StoreFile;

/**
 * How much of the ends of logs is held in memory.
 *
 * @param bytesMax for all logs of a shard
 * @param pageBytes what a log gets at a time, a multiple of {@link StoreFile#BLOCK_BYTES}
 * @param pieceBytes a log writes to its file when it has this much to write
 */
public record TailOptions(long bytesMax, int pageBytes, int pieceBytes) {

    public TailOptions {
        if (pageBytes < StoreFile.BLOCK_BYTES || pageBytes % StoreFile.BLOCK_BYTES != 0) {
            throw new IllegalArgumentException(
                    "pages of " + pageBytes + " bytes: must be a multiple of " + StoreFile.BLOCK_BYTES);
        }
        if (bytesMax < pageBytes || pieceBytes < 1) {
            throw new IllegalArgumentException(bytesMax + " bytes of memory in pieces of " + pieceBytes
                    + ": must hold a page of " + pageBytes + ", and a piece has at least one byte");
        }
    }

    /** For so much memory, with the sizes that cost least: a write of 1 MB past the page cache takes 60 us of CPU. */
    public static TailOptions ofBytes(long bytesMax) {
        return new TailOptions(bytesMax, 16 << 10, 1 << 20);
    }
}
