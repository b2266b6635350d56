package io.millrace.broker.storage;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;

/** The real file system, with somebody who looks at every call first, and may let it fail. */
public final class WatchedDisk {

    /** Told before a call. What it throws, the caller gets. */
    @FunctionalInterface
    public interface Watcher {

        /** @param path of the file, or the first path among the arguments */
        void before(String method, Path path) throws Exception;
    }

    private WatchedDisk() {}

    public static FileStore of(Watcher watcher) {
        OsFileStore real = new OsFileStore();
        return proxy(FileStore.class, (proxy, method, arguments) -> {
            if (arguments != null && arguments[0] instanceof Path path) {
                watcher.before(method.getName(), path);
            }
            Object result = call(real, method, arguments);
            return result instanceof StoreFile file ? watched(file, watcher) : result;
        });
    }

    private static StoreFile watched(StoreFile file, Watcher watcher) {
        return proxy(StoreFile.class, (proxy, method, arguments) -> {
            watcher.before(method.getName(), file.path());
            return call(file, method, arguments);
        });
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
