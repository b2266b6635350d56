package io.millrace.client.consumer;

import io.millrace.client.Header;
import io.millrace.client.Headers;
import io.millrace.wire.message.FetchResponse.AbortedTransaction;
import io.millrace.wire.record.InvalidRecordsException;
import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.RecordReader;
import io.millrace.wire.record.TimestampType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of one partition that one fetch has brought, one after the other: a view of the bytes as they came, which
 * allocates once for each batch and nothing for a record, until its key or its value is asked for.
 *
 * <p>Not shown are: records before the offset that was asked for (a batch is sent whole), markers and other control
 * batches, with {@code read_committed} the records of aborted transactions, and a batch at the end that the broker has
 * cut. {@link #position} moves behind all of them, and behind gaps; so a set in which there is nothing to see is still
 * progress.
 *
 * <p>Holds one reference to the buffer until {@link #close}. Owned by: the consumer's event loop.
 */
public final class FetchedRecords implements AutoCloseable {

    private static final short MARKER_VERSION_MAX = 0;
    private static final short ABORT = 0;

    /** Version and type. */
    private static final int MARKER_KEY_BYTES = 4;

    private final ByteBuf buf;
    private final int end;
    private final AbortedTransactions aborted;
    private final long maxUnpackedBytes;

    private int nextBatch;
    private int batch;
    private @Nullable RecordReader reader;
    private long position;
    private boolean closed;

    /**
     * @param buf the readable bytes; one reference to it moves here
     * @param position the offset that was asked for
     * @param aborted what the broker has told of aborted transactions; null unless {@code read_committed} was asked for
     * @param maxUnpackedBytes how many bytes the records of one compressed batch may have
     */
    public FetchedRecords(
            ByteBuf buf, long position, @Nullable List<AbortedTransaction> aborted, long maxUnpackedBytes) {
        this.buf = buf;
        this.nextBatch = buf.readerIndex();
        this.end = buf.writerIndex();
        this.position = position;
        this.aborted = AbortedTransactions.of(aborted);
        this.maxUnpackedBytes = maxUnpackedBytes;
    }

    /**
     * Moves to the next record that an application is to see. What the methods below say of a record ends with it.
     *
     * @return false if there is no more: fetch on from {@link #position}
     * @throws InvalidRecordsException if bytes of this batch are damaged. The position is the offset from which to fetch them
     *     again, or behind which to {@linkplain #skipBatch go on}.
     */
    public boolean next() {
        if (closed) {
            return false;
        }
        while (true) {
            if (reader == null) {
                if (!openBatch()) {
                    return false;
                }
            } else if (!reader.next()) {
                endBatch();
            } else if (reader.offset() >= position) {
                position = reader.offset() + 1;
                return true;
            }
        }
    }

    /** The offset behind everything that was shown or passed over: of the next record to fetch. */
    public long position() {
        return position;
    }

    /**
     * Gives up the rest of the batch, damaged or not.
     *
     * @return false if nobody can tell where it ends: nothing behind it can be read, and the position is as it was
     */
    public boolean skipBatch() {
        if (reader != null) {
            endBatch();
            return true;
        }
        RecordBatch.Integrity integrity = RecordBatch.check(buf, nextBatch, end);
        if (integrity != RecordBatch.Integrity.VALID && integrity != RecordBatch.Integrity.BAD_CRC) {
            return false;
        }
        batch = nextBatch;
        nextBatch += RecordBatch.length(buf, batch);
        passBatch();
        return true;
    }

    public long offset() {
        return record().offset();
    }

    /** In milliseconds since 1970, -1 if the producer gave none. */
    public long timestampMs() {
        return record().timestampMs();
    }

    public TimestampType timestampType() {
        return RecordBatch.timestampType(buf, batch);
    }

    /** Of the leader that wrote the batch; -1 if unknown. */
    public int leaderEpoch() {
        return RecordBatch.partitionLeaderEpoch(buf, batch);
    }

    /** A slice, valid until the next record. */
    public @Nullable ByteBuf key() {
        return record().key();
    }

    /** A slice, valid until the next record. */
    public @Nullable ByteBuf value() {
        return record().value();
    }

    /** Copies, which stay. */
    public Headers headers() {
        List<io.millrace.wire.record.Header> headers = record().headers();
        if (headers.isEmpty()) {
            return Headers.NONE;
        }
        List<Header> copies = new ArrayList<>(headers.size());
        for (io.millrace.wire.record.Header each : headers) {
            ByteBuf value = each.value();
            copies.add(new Header(each.key(), value == null ? null : ByteBufUtil.getBytes(value)));
        }
        return Headers.of(copies);
    }

    /** Gives the bytes back. A second time does nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            closeReader();
            buf.release();
        }
    }

    private RecordReader record() {
        if (reader == null || reader.indexInBatch() < 0) {
            throw new IllegalStateException("there is no record here: next() comes first");
        }
        return reader;
    }

    /** Opens the next batch, or passes over it; false at the end. */
    private boolean openBatch() {
        RecordBatch.Integrity integrity = RecordBatch.check(buf, nextBatch, end);
        if (integrity == RecordBatch.Integrity.INCOMPLETE) {
            return false;
        }
        if (integrity != RecordBatch.Integrity.VALID) {
            throw damaged(integrity);
        }
        batch = nextBatch;
        nextBatch += RecordBatch.length(buf, batch);
        boolean isAborted = aborted.includes(buf, batch);
        if (RecordBatch.isControl(buf, batch)) {
            readMarker();
            passBatch();
        } else if (isAborted || RecordBatch.lastOffset(buf, batch) < position) {
            passBatch();
        } else {
            reader = openReader();
        }
        return true;
    }

    private RecordReader openReader() {
        try {
            return RecordReader.open(buf, batch, maxUnpackedBytes);
        } catch (InvalidRecordsException e) {
            nextBatch = batch;
            throw e;
        }
    }

    private InvalidRecordsException damaged(RecordBatch.Integrity integrity) {
        return new InvalidRecordsException("the batch behind offset " + (position - 1) + " is damaged: " + integrity);
    }

    private void readMarker() {
        try (RecordReader marker = openReader()) {
            if (marker.next()) {
                ByteBuf key = marker.key();
                if (key != null && key.readableBytes() >= MARKER_KEY_BYTES && isAbort(key)) {
                    aborted.end(RecordBatch.producerId(buf, batch));
                }
            }
        }
    }

    /** Later versions may add fields behind the type, and keep these two. */
    private static boolean isAbort(ByteBuf key) {
        short version = key.getShort(key.readerIndex());
        return version >= MARKER_VERSION_MAX && key.getShort(key.readerIndex() + Short.BYTES) == ABORT;
    }

    private void endBatch() {
        closeReader();
        passBatch();
    }

    private void passBatch() {
        position = Math.max(position, RecordBatch.lastOffset(buf, batch) + 1);
    }

    private void closeReader() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
