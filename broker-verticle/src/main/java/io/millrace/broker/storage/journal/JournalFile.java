package io.millrace.broker.storage.journal;

import io.millrace.broker.storage.StoreFile;
import io.millrace.broker.storage.journal.JournalFormat.FileHeader;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One preallocated file of a journal. Owned in turn by the commit thread (while frames are added), the checkpoint thread
 * (once sealed) and nobody (while free); the journal's queues hand it over.
 */
public final class JournalFile {

    private final StoreFile file;
    private final int sizeBytes;
    private long generation;
    private long salt;
    private int state;
    private int position = JournalFormat.BLOCK_BYTES;
    private int nextFrame;
    private int syncs;

    JournalFile(StoreFile file, int sizeBytes, FileHeader header) {
        this.file = file;
        this.sizeBytes = sizeBytes;
        this.generation = header.generation();
        this.salt = header.salt();
        this.state = header.state();
    }

    /** Which use of which file this is: grows by one with every use of any file of the journal. 0 before the first. */
    public long generation() {
        return generation;
    }

    long salt() {
        return salt;
    }

    StoreFile file() {
        return file;
    }

    int sizeBytes() {
        return sizeBytes;
    }

    boolean isLive() {
        return generation > 0 && state == JournalFormat.STATE_LIVE;
    }

    int position() {
        return position;
    }

    int nextFrame() {
        return nextFrame;
    }

    int roomBytes() {
        return sizeBytes - position;
    }

    /** Starts a new use: everything in the file is stale from here on. The header goes out with the first frame. */
    void begin(long newGeneration, long newSalt) {
        generation = newGeneration;
        salt = newSalt;
        state = JournalFormat.STATE_LIVE;
        position = JournalFormat.BLOCK_BYTES;
        nextFrame = 0;
        syncs = 0;
    }

    /** Syncs in this use. */
    int syncs() {
        return syncs;
    }

    void onSynced() {
        syncs++;
    }

    void onFrameWritten(int paddedBytes) {
        position += paddedBytes;
        nextFrame++;
    }

    ByteBuffer headerBlock() {
        ByteBuffer block = JournalFormat.allocateBlocks(JournalFormat.BLOCK_BYTES);
        JournalFormat.putFileHeader(block, new FileHeader(JournalFormat.VERSION, state, generation, salt));
        return block;
    }

    /** Says that recovery need not read this file. Not synced: reading it once more is harmless. */
    void retire() throws IOException {
        state = JournalFormat.STATE_RETIRED;
        file.write(headerBlock(), 0);
    }

    @Override
    public String toString() {
        return file.path().getFileName() + " generation " + generation;
    }
}
