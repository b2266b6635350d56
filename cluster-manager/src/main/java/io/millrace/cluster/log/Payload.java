package io.millrace.cluster.log;

import io.millrace.cluster.MetadataRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The decisions of one frame, which become durable together: the version of the image before them, then the records of
 * each. A frame without decisions ends a snapshot, and marks a clean stop in a log.
 */
final class Payload {
    private final long versionBefore;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    private final DataOutputStream out = new DataOutputStream(bytes);
    private int decisions;

    Payload(long versionBefore) {
        this.versionBefore = versionBefore;
    }

    /** Adds the records of one decision. */
    void add(List<MetadataRecord> records) {
        try {
            out.writeInt(records.size());
            for (MetadataRecord record : records) {
                RecordCodec.write(record, out);
            }
            decisions++;
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
    }

    boolean isEmpty() {
        return decisions == 0;
    }

    /** Bytes gathered so far. */
    int size() {
        return bytes.size();
    }

    byte[] toBytes() {
        ByteArrayOutputStream all = new ByteArrayOutputStream(bytes.size() + Long.BYTES + Integer.BYTES);
        try (DataOutputStream to = new DataOutputStream(all)) {
            to.writeLong(versionBefore);
            to.writeInt(decisions);
            bytes.writeTo(to);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return all.toByteArray();
    }

    /** What a frame says. */
    record Content(long versionBefore, List<List<MetadataRecord>> decisions) {}

    /** Reads the payload in {@code length} bytes of a file; it passed its checksum, so a failure means another format. */
    static Content read(byte[] file, int start, int length) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(file, start, length));
        long versionBefore = in.readLong();
        List<List<MetadataRecord>> decisions = Fields.readList(in, Payload::readDecision);
        return new Content(versionBefore, decisions);
    }

    private static List<MetadataRecord> readDecision(DataInputStream in) throws IOException {
        return Fields.readList(in, RecordCodec::read);
    }
}
