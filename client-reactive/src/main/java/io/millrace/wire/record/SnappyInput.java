package io.millrace.wire.record;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.xerial.snappy.Snappy;

/**
 * Unpacks snappy in either form that clients write: the framing of snappy-java (16 bytes of header, then blocks that
 * each have a 4-byte length), which Kafka's Java client uses, or one raw block, as librdkafka does.
 *
 * <p>snappy-java's own stream trusts the lengths it reads; this one compares them with what is there, and with what the
 * caller will take, before it allocates.
 */
final class SnappyInput extends InputStream {
    private static final long FRAMED_MAGIC = 0x82534e4150505900L;
    /** The first four bytes of the magic: where a block length should be, another framed stream begins. */
    private static final int FRAMED_MAGIC_HEAD = (int) (FRAMED_MAGIC >>> 32);

    private static final int FRAMED_HEADER_SIZE = 16;

    private final ByteBuf in;
    private final boolean framed;
    private final long maxBytes;
    private byte[] block = new byte[0];
    private int position;

    SnappyInput(ByteBuf in, long maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
        this.framed = in.readableBytes() >= FRAMED_HEADER_SIZE && in.getLong(in.readerIndex()) == FRAMED_MAGIC;
        if (framed) {
            in.skipBytes(FRAMED_HEADER_SIZE);
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
        int taken = Math.min(length, block.length - position);
        System.arraycopy(block, position, target, offset, taken);
        position += taken;
        return taken;
    }

    private boolean hasMore() throws IOException {
        while (position == block.length) {
            if (!in.isReadable()) {
                return false;
            }
            unpack(framed ? nextBlockSize() : in.readableBytes());
        }
        return true;
    }

    private int nextBlockSize() throws IOException {
        int size = readInt();
        while (size == FRAMED_MAGIC_HEAD) {
            if (in.readableBytes() < FRAMED_HEADER_SIZE - Integer.BYTES) {
                throw new IOException("snappy stream ends inside a header");
            }
            in.skipBytes(FRAMED_HEADER_SIZE - Integer.BYTES);
            size = readInt();
        }
        if (size < 0 || size > in.readableBytes()) {
            throw new IOException("snappy block of " + size + " bytes where " + in.readableBytes() + " bytes are left");
        }
        return size;
    }

    private int readInt() throws IOException {
        if (in.readableBytes() < Integer.BYTES) {
            throw new IOException("snappy stream ends inside a block length");
        }
        return in.readInt();
    }

    private void unpack(int size) throws IOException {
        byte[] packed = new byte[size];
        in.readBytes(packed);
        int unpackedSize = Snappy.uncompressedLength(packed);
        if (unpackedSize < 0 || unpackedSize > maxBytes) {
            throw new IOException("snappy block claims " + unpackedSize + " bytes, more than the limit of " + maxBytes);
        }
        byte[] unpacked = new byte[unpackedSize];
        Snappy.uncompress(packed, 0, size, unpacked, 0);
        block = unpacked;
        position = 0;
    }
}
