package io.millrace.broker.storage.segment;

import io.millrace.broker.storage.StoreFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory that holds the newest bytes of a shard's logs: what is still to be written to segments, and what readers that
 * keep up ask for. Pages are made when they are first needed and then go round, the oldest first. Owned by: append thread.
 */
public final class TailMemory {

    private static final Logger LOG = LoggerFactory.getLogger(TailMemory.class);

    /** Pages are made so many bytes at a time. */
    private static final int SLAB_BYTES = 1 << 20;

    private final TailOptions options;
    /** Pages that belong to a segment, the oldest first. */
    private final ArrayDeque<TailPage> inUse = new ArrayDeque<>();
    /** Pages that were never used. */
    private final ArrayDeque<TailPage> fresh = new ArrayDeque<>();
    /** Pages whose turn had come while somebody read them. */
    private final ArrayDeque<TailPage> delayed = new ArrayDeque<>();

    private long bytesLeft;

    public TailMemory(TailOptions options) {
        this.options = options;
        this.bytesLeft = options.bytesMax();
    }

    TailOptions options() {
        return options;
    }

    /**
     * A page to be given to a segment. Writes the bytes of its last owner where that has not been done yet.
     *
     * @return null when all are being read at this moment
     */
    @Nullable
    TailPage take() throws IOException {
        TailPage page = oldestUnowned();
        if (page == null && fresh.isEmpty()) {
            makePages();
        }
        if (page == null) {
            page = fresh.poll();
        }
        return page != null ? page : recycle();
    }

    /** The page at the head, where its segment is gone. */
    private @Nullable TailPage oldestUnowned() {
        TailPage oldest = inUse.peek();
        SegmentTail owner = oldest == null ? null : oldest.owner();
        return owner != null && owner.isClosed() && oldest != null && oldest.tryTake() ? inUse.poll() : null;
    }

    private @Nullable TailPage recycle() throws IOException {
        for (int left = delayed.size(); left > 0; left--) {
            TailPage page = delayed.remove();
            if (page.tryTake()) {
                return page;
            }
            delayed.add(page);
        }
        for (TailPage page = inUse.poll(); page != null; page = inUse.poll()) {
            SegmentTail owner = page.owner();
            if (owner != null) {
                owner.giveUp(page.index());
            }
            if (page.tryTake()) {
                return page;
            }
            delayed.add(page);
        }
        return null;
    }

    /** Gives a page that was taken to a segment; see {@link TailPage#give}. */
    void give(TailPage page, SegmentTail owner, int index, long coverOffset, int coverPosition) {
        page.give(owner, index, coverOffset, coverPosition);
        inUse.add(page);
    }

    private void makePages() {
        int slabBytes = (int) Math.min(Math.max(SLAB_BYTES, options.pageBytes()), bytesLeft);
        if (slabBytes < options.pageBytes()) {
            return;
        }
        ByteBuffer slab;
        try {
            slab = ByteBuffer.allocateDirect(slabBytes + StoreFile.BLOCK_BYTES).alignedSlice(StoreFile.BLOCK_BYTES);
        } catch (OutOfMemoryError e) {
            // The logs go on with the pages that there are, or write at once.
            LOG.warn("no memory for more than {} pages of the ends of logs: {}", inUse.size(), e.getMessage());
            bytesLeft = 0;
            return;
        }
        for (int at = 0; at + options.pageBytes() <= slabBytes; at += options.pageBytes()) {
            fresh.add(new TailPage(slab.slice(at, options.pageBytes())));
            bytesLeft -= options.pageBytes();
        }
    }
}
