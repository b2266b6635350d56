package io.millrace.perf.crash;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * The name of one record, from which all its bytes follow: so a reader can tell which record it holds and whether one
 * byte of it is wrong, without anything being remembered.
 *
 * @param writer which producer instance sent it
 * @param partition where it was sent
 * @param number its place among the records of this writer and partition, from 0 without gaps
 */
record RecordId(int writer, int partition, int number) {
    private static final int HEADER_BYTES = 12;
    private static final int FILL_BYTES_MAX = 1200;

    /** The value of the record. */
    byte[] value() {
        SplittableRandom random = new SplittableRandom(((long) writer << 40) ^ ((long) partition << 32) ^ number);
        byte[] value = new byte[HEADER_BYTES + random.nextInt(FILL_BYTES_MAX)];
        for (int i = HEADER_BYTES; i < value.length; i++) {
            value[i] = (byte) (random.nextInt() & 0x1f); // five random bits in eight: it compresses, but not to nothing
        }
        ByteBuffer.wrap(value).putInt(writer).putInt(partition).putInt(number);
        return value;
    }

    /** Reads the name of a record from its value. @throws IllegalArgumentException when it is none of ours */
    static RecordId of(byte[] value) {
        if (value.length < HEADER_BYTES) {
            throw new IllegalArgumentException("a value of " + value.length + " bytes was never sent");
        }
        ByteBuffer buffer = ByteBuffer.wrap(value);
        return new RecordId(buffer.getInt(), buffer.getInt(), buffer.getInt());
    }
}
