package io.millrace.wire.record;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.xxhash.XXHashFactory;

/**
 * Writes one LZ4 frame (version 1) as Kafka's Java client does: independent blocks of 64 KiB, no checksums but that of
 * the header, no content size.
 */
final class Lz4FrameOutput extends FilterOutputStream {
    static final int MAGIC = 0x184D2204;
    /** Set in a block's length when the block is stored as it is. */
    static final int STORED_BIT = 0x80000000;

    private static final int BLOCK_SIZE = 64 * 1024;
    /** Version 1, blocks independent. */
    private static final byte FLAGS = 0x60;
    /** The code for 64 KiB. */
    private static final byte BLOCK_DESCRIPTOR = 0x40;

    private final LZ4Compressor compressor;
    private final byte[] block = new byte[BLOCK_SIZE];
    private final byte[] packed;
    private int filled;
    private boolean finished;

    Lz4FrameOutput(OutputStream out, int level) throws IOException {
        super(out);
        LZ4Factory factory = LZ4Factory.fastestInstance();
        compressor = level == Compression.LZ4.defaultLevel() ? factory.fastCompressor() : factory.highCompressor(level);
        packed = new byte[compressor.maxCompressedLength(BLOCK_SIZE)];
        byte[] descriptor = {FLAGS, BLOCK_DESCRIPTOR};
        int hash = XXHashFactory.fastestInstance().hash32().hash(descriptor, 0, descriptor.length, 0);
        writeIntLittleEndian(MAGIC);
        out.write(descriptor);
        out.write(hash >>> 8);
    }

    @Override
    public void write(int b) throws IOException {
        if (filled == BLOCK_SIZE) {
            writeBlock();
        }
        block[filled++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int done = 0;
        while (done < length) {
            if (filled == BLOCK_SIZE) {
                writeBlock();
            }
            int taken = Math.min(length - done, BLOCK_SIZE - filled);
            System.arraycopy(bytes, offset + done, block, filled, taken);
            filled += taken;
            done += taken;
        }
    }

    /** Ends the frame and closes the stream below. */
    @Override
    public void close() throws IOException {
        if (finished) {
            return;
        }
        finished = true;
        try (OutputStream below = out) {
            if (filled > 0) {
                writeBlock();
            }
            writeIntLittleEndian(0);
            below.flush();
        }
    }

    private void writeBlock() throws IOException {
        int size = compressor.compress(block, 0, filled, packed, 0, packed.length);
        if (size < filled) {
            writeIntLittleEndian(size);
            out.write(packed, 0, size);
        } else {
            writeIntLittleEndian(filled | STORED_BIT);
            out.write(block, 0, filled);
        }
        filled = 0;
    }

    private void writeIntLittleEndian(int value) throws IOException {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            out.write(value >>> shift);
        }
    }
}
