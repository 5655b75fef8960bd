package org.sparkvit.dataset.delta.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.AccessDeniedException;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.store.audit.AuditSpan;
import org.apache.hadoop.fs.store.audit.AuditSpanSource;

/**
 * Puts by S3A's own client and a header of the request, for Hadoop 3.4.0 and 3.4.1, whose SDK is of
 * version 2 and which lack the option of {@link CreateFilePut}. Everything is called by name, as
 * the build for Spark 3.5 compiles against Hadoop 3.3, whose SDK is of version 1.
 */
final class SdkTwoPut implements ConditionalPut {
  private static final String BODY = "software.amazon.awssdk.core.sync.RequestBody";

  private final FileSystem fs;

  SdkTwoPut(FileSystem fs) {
    this.fs = fs;
  }

  @Override
  public void put(Path path, byte[] content) throws IOException {
    try (AuditSpan span =
        ((AuditSpanSource<?>) fs).createSpan("op_create", path.toString(), null)) {
      span.activate();
      Object factory = call(fs, "getRequestFactory");
      Object builder =
          call(
              factory,
              "newPutObjectRequestBuilder",
              call(fs, "pathToKey", path),
              null,
              (long) content.length,
              false);
      Consumer<Object> condition = this::condition;
      call(builder, "overrideConfiguration", condition);
      Object body =
          Class.forName(BODY, true, fs.getClass().getClassLoader())
              .getMethod("fromBytes", byte[].class)
              .invoke(null, content);
      Object client = call(call(fs, "getS3AInternals"), "getAmazonS3Client", "a table's log");
      call(client, "putObject", call(builder, "build"), body);
    } catch (InvocationTargetException e) {
      throw translated(path, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IOException(e);
    }
  }

  private void condition(Object configuration) {
    try {
      call(configuration, "putHeader", "If-None-Match", "*");
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static IOException translated(Path path, Throwable failure) {
    int status = 0;
    try {
      status = (Integer) call(failure, "statusCode");
    } catch (ReflectiveOperationException e) {
      // No answer came.
      status = 0;
    }
    IOException translated =
        switch (status) {
          case 412 -> StorageFailures.exists(path, null);
          case 401, 403 -> new AccessDeniedException(path.toString(), null, failure.toString());
          case 404 -> new FileNotFoundException(path + ": " + failure);
          default -> new IOException("PUT of " + path + ": " + failure);
        };
    translated.initCause(failure);
    return translated;
  }

  /**
   * Calls a method that accepts these arguments. The method is looked up in public types, as the
   * classes behind the SDK's interfaces are hidden.
   */
  private static Object call(Object target, String name, Object... arguments)
      throws ReflectiveOperationException {
    for (Method method : target.getClass().getMethods()) {
      if (method.getName().equals(name) && takes(method.getParameterTypes(), arguments)) {
        method.setAccessible(true);
        return method.invoke(target, arguments);
      }
    }
    throw new NoSuchMethodException(target.getClass().getName() + "." + name);
  }

  private static boolean takes(Class<?>[] types, Object... arguments) {
    boolean takes = types.length == arguments.length;
    for (int i = 0; takes && i < types.length; i++) {
      takes = arguments[i] == null || types[i].isPrimitive() || types[i].isInstance(arguments[i]);
    }
    return takes;
  }

  @Override
  public void delete(Path path) throws IOException {
    fs.delete(path, false);
  }
}
