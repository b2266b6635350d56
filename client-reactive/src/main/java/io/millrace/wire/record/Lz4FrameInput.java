package io.millrace.wire.record;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * Unpacks one LZ4 frame (version 1, independent blocks), with or without content size and checksums. At most one
 * block, up to 4 MiB by the format, is unpacked at a time; the checksum of the whole content is not verified, since the
 * batch has its own.
 */
final class Lz4FrameInput extends InputStream {
    private static final int BLOCK_CHECKSUM_BIT = 0x10;
    private static final int CONTENT_SIZE_BIT = 0x08;
    /** What one byte of LZ4 can at most become. */
    private static final long MAX_RATIO = 255;

    private static final int SMALLEST_HEADER = 7;

    private final ByteBuf in;
    private final LZ4SafeDecompressor decompressor =
            LZ4Factory.fastestInstance().safeDecompressor();
    private final XXHash32 hash = XXHashFactory.fastestInstance().hash32();
    private final int maxBlockSize;
    private final boolean hasBlockChecksums;
    private byte[] block = new byte[0];
    private int position;
    private int filled;
    private boolean finished;

    Lz4FrameInput(ByteBuf in) throws IOException {
        this.in = in;
        need(SMALLEST_HEADER);
        if (in.readIntLE() != Lz4FrameOutput.MAGIC) {
            throw new IOException("not an LZ4 frame");
        }
        int descriptorAt = in.readerIndex();
        int flags = in.readUnsignedByte();
        if ((flags & 0xE3) != 0x60) {
            throw new IOException("LZ4 frame with unsupported flags 0x" + Integer.toHexString(flags));
        }
        maxBlockSize = maxBlockSize(in.readUnsignedByte());
        hasBlockChecksums = (flags & BLOCK_CHECKSUM_BIT) != 0;
        if ((flags & CONTENT_SIZE_BIT) != 0) {
            skip(Long.BYTES);
        }
        byte[] descriptor = new byte[in.readerIndex() - descriptorAt];
        in.getBytes(descriptorAt, descriptor);
        need(1);
        if (in.readByte() != (byte) (hash.hash(descriptor, 0, descriptor.length, 0) >>> 8)) {
            throw new IOException("LZ4 frame header with a wrong checksum");
        }
    }

    @Override
    public int read() throws IOException {
        return hasMore() ? block[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!hasMore()) {
            return -1;
        }
        int taken = Math.min(length, filled - position);
        System.arraycopy(block, position, target, offset, taken);
        position += taken;
        return taken;
    }

    private static int maxBlockSize(int descriptor) throws IOException {
        int code = descriptor >>> 4;
        if ((descriptor & 0x8F) != 0 || code < 4) {
            throw new IOException("LZ4 frame with a bad block size 0x" + Integer.toHexString(descriptor));
        }
        return 1 << (2 * code + 8);
    }

    private boolean hasMore() throws IOException {
        while (position == filled) {
            if (finished) {
                return false;
            }
            readBlock();
        }
        return true;
    }

    private void readBlock() throws IOException {
        need(Integer.BYTES);
        int word = in.readIntLE();
        int size = word & ~Lz4FrameOutput.STORED_BIT;
        if (size == 0) {
            finished = true;
            return;
        }
        if (size > maxBlockSize) {
            throw new IOException("LZ4 block of " + size + " bytes in a frame of blocks up to " + maxBlockSize);
        }
        need(size);
        byte[] bytes = new byte[size];
        in.readBytes(bytes);
        if (hasBlockChecksums) {
            need(Integer.BYTES);
            if (in.readIntLE() != hash.hash(bytes, 0, size, 0)) {
                throw new IOException("LZ4 block with a wrong checksum");
            }
        }
        position = 0;
        if ((word & Lz4FrameOutput.STORED_BIT) != 0) {
            block = bytes;
            filled = size;
        } else {
            unpack(bytes);
        }
    }

    private void unpack(byte[] packed) {
        int room = (int) Math.min(maxBlockSize, packed.length * MAX_RATIO);
        if (block.length < room) {
            block = new byte[room];
        }
        filled = decompressor.decompress(packed, 0, packed.length, block, 0, room);
    }

    private void skip(int bytes) throws IOException {
        need(bytes);
        in.skipBytes(bytes);
    }

    private void need(int bytes) throws IOException {
        if (in.readableBytes() < bytes) {
            throw new IOException("LZ4 frame ends too early");
        }
    }
}
