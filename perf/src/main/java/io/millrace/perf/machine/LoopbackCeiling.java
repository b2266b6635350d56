package io.millrace.perf.machine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What one TCP connection over loopback carries between two threads of one process. Blocks the calling thread. */
final class LoopbackCeiling {
    private static final int CHUNK_BYTES = 64 << 10;

    private LoopbackCeiling() {}

    private interface Side<T> {
        T run(Socket socket) throws IOException;
    }

    /** Bytes a second that go one way. */
    static double bytesPerSecond(double seconds) throws IOException, InterruptedException {
        return connected(
                socket -> {
                    byte[] chunk = new byte[CHUNK_BYTES];
                    OutputStream out = socket.getOutputStream();
                    long end = System.nanoTime() + (long) (seconds * 1e9);
                    while (System.nanoTime() < end) {
                        out.write(chunk);
                    }
                    socket.shutdownOutput();
                    return 0L;
                },
                socket -> {
                    byte[] chunk = new byte[CHUNK_BYTES];
                    InputStream in = socket.getInputStream();
                    long received = 0;
                    long start = System.nanoTime();
                    for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                        received += n;
                    }
                    return received * 1e9 / (System.nanoTime() - start);
                });
    }

    /** How often a second one byte can go there and back. */
    static double roundTripsPerSecond(double seconds) throws IOException, InterruptedException {
        return connected(
                socket -> {
                    InputStream in = socket.getInputStream();
                    OutputStream out = socket.getOutputStream();
                    for (int b = in.read(); b >= 0; b = in.read()) {
                        out.write(b);
                    }
                    return 0L;
                },
                socket -> {
                    InputStream in = socket.getInputStream();
                    OutputStream out = socket.getOutputStream();
                    long start = System.nanoTime();
                    long end = start + (long) (seconds * 1e9);
                    long trips = 0;
                    for (; System.nanoTime() < end; trips++) {
                        out.write(1);
                        if (in.read() < 0) {
                            throw new IOException("the other end of the loopback connection closed it");
                        }
                    }
                    double rate = trips * 1e9 / (System.nanoTime() - start);
                    socket.shutdownOutput();
                    return rate;
                });
    }

    /** Runs one side on a thread of its own and the other here. @return what the latter says */
    private static double connected(Side<Long> there, Side<Double> here) throws IOException, InterruptedException {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Future<Long> running = other.submit(() -> {
                try (Socket socket = server.accept()) {
                    socket.setTcpNoDelay(true);
                    return there.run(socket);
                }
            });
            double rate;
            try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
                socket.setTcpNoDelay(true);
                rate = here.run(socket);
            }
            running.get();
            return rate;
        } catch (ExecutionException e) {
            throw new IOException("loopback was not measured", e.getCause());
        } finally {
            other.shutdownNow();
        }
    }
}
