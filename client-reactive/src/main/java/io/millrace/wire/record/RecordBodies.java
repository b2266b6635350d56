package io.millrace.wire.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;

/**
 * Where a {@link RecordReader} finds the bytes of one record after the other: {@link #advance} moves to the next body
 * and points the cursor at it. Anything that does not fit throws {@link InvalidRecordsException}.
 */
sealed interface RecordBodies {
    /** The buffer that holds the current body. */
    ByteBuf buffer();

    void advance(RecordCursor cursor);

    /** Throws if bytes are left behind the last record. */
    void requireEnd();

    void close();

    /** Records that are not compressed: nothing is copied. */
    final class InPlace implements RecordBodies {
        private final ByteBuf buf;
        private final int end;
        private final RecordCursor sizes;

        InPlace(ByteBuf buf, int start, int end) {
            this.buf = buf;
            this.end = end;
            this.sizes = new RecordCursor(buf, start, end);
        }

        @Override
        public ByteBuf buffer() {
            return buf;
        }

        @Override
        public void advance(RecordCursor cursor) {
            int size = sizes.readVarint();
            int start = sizes.position();
            sizes.skip(size);
            cursor.reset(buf, start, sizes.position());
        }

        @Override
        public void requireEnd() {
            if (sizes.position() != end) {
                throw new InvalidRecordsException(sizes.remaining() + " bytes are left behind the last record");
            }
        }

        @Override
        public void close() {}
    }

    /** Records that are unpacked one at a time, each into an array of its own, and not more than a limit in all. */
    final class Unpacked implements RecordBodies {
        private final InputStream in;
        private final long maxBytes;
        private long left;
        private ByteBuf body = Unpooled.EMPTY_BUFFER;

        Unpacked(Compression codec, ByteBuf packed, long maxBytes) {
            this.maxBytes = maxBytes;
            this.left = maxBytes;
            try {
                this.in = codec.decompress(packed, maxBytes);
            } catch (IOException | RuntimeException e) {
                throw broken(e);
            }
        }

        @Override
        public ByteBuf buffer() {
            return body;
        }

        @Override
        public void advance(RecordCursor cursor) {
            try {
                int size = Varints.readInt(in);
                take(Varints.sizeOf(size));
                if (size < 0) {
                    throw new InvalidRecordsException("a record of " + size + " bytes");
                }
                take(size);
                byte[] bytes = in.readNBytes(size);
                if (bytes.length < size) {
                    throw new InvalidRecordsException(
                            "a record of " + size + " bytes where " + bytes.length + " are left");
                }
                body = Unpooled.wrappedBuffer(bytes);
                cursor.reset(body, 0, size);
            } catch (InvalidRecordsException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                throw broken(e);
            }
        }

        @Override
        public void requireEnd() {
            try {
                if (in.read() >= 0) {
                    throw new InvalidRecordsException("bytes are left behind the last record");
                }
            } catch (InvalidRecordsException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                throw broken(e);
            }
        }

        @Override
        public void close() {
            try {
                in.close();
            } catch (IOException | RuntimeException e) {
                throw broken(e);
            }
        }

        private void take(int bytes) {
            left -= bytes;
            if (left < 0) {
                throw new InvalidRecordsException("records unpack to more than the limit of " + maxBytes + " bytes");
            }
        }

        private static InvalidRecordsException broken(Exception e) {
            return new InvalidRecordsException("compressed records are broken: " + e.getMessage(), e);
        }
    }
}
