package io.millrace.broker.storage.segment;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A page of memory with a piece of a segment. The append thread gives it to one segment after another; any thread may pin it
 * for as long as it copies from it. What it belongs to may be trusted only between {@link #tryPin} and {@link #unpin}.
 */
final class TailPage {

    private static final int CHANGES_HANDS = -1;

    private final ByteBuffer bytes;
    /** Readers that copy at this moment. */
    private final AtomicInteger pins = new AtomicInteger(CHANGES_HANDS);

    private @Nullable SegmentTail owner;
    private int index;
    private long coverOffset;
    private int coverPosition;

    TailPage(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    // ---- append thread ----

    /** Takes the page away from its segment. False while somebody reads it. */
    boolean tryTake() {
        return pins.compareAndSet(0, CHANGES_HANDS);
    }

    /**
     * Gives a page that was taken, or is new, to a segment.
     *
     * @param newIndex which page of the segment it is
     * @param offset base offset of the batch that holds the page's first byte
     * @param position where that batch begins in the segment
     */
    void give(SegmentTail newOwner, int newIndex, long offset, int position) {
        owner = newOwner;
        index = newIndex;
        coverOffset = offset;
        coverPosition = position;
        pins.set(0);
    }

    @Nullable
    SegmentTail owner() {
        return owner;
    }

    int index() {
        return index;
    }

    // ---- any thread ----

    /** Holds the page, if it is this one of this segment. */
    boolean tryPin(SegmentTail expectedOwner, int expectedIndex) {
        int before = pins.get();
        while (before >= 0) {
            if (pins.compareAndSet(before, before + 1)) {
                if (owner == expectedOwner && index == expectedIndex) {
                    return true;
                }
                unpin();
                return false;
            }
            before = pins.get();
        }
        return false;
    }

    void unpin() {
        pins.decrementAndGet();
    }

    int sizeBytes() {
        return bytes.capacity();
    }

    /** A view of a part of the page. */
    ByteBuffer slice(int from, int size) {
        return bytes.slice(from, size);
    }

    /** Base offset of the batch that holds the page's first byte. */
    long coverOffset() {
        return coverOffset;
    }

    /** Where that batch begins in the segment. */
    int coverPosition() {
        return coverPosition;
    }
}
