package org.sparkvit.core.http;

import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.Set;

/**
 * Thrown where a request was not answered, or not with success. The message never has the address,
 * which may be a secret itself.
 */
public final class HttpFailure extends Exception {
  private static final long serialVersionUID = 1;

  /** The statuses after which the same request may succeed later, by RFC 9110 and RFC 6585. */
  private static final Set<Integer> TRANSIENT = Set.of(408, 425, 429, 500, 502, 503, 504);

  private final int status;
  private final transient String body;
  private final boolean unknownHost;

  private HttpFailure(
      String message, Throwable cause, int status, String body, boolean unknownHost) {
    super(message, cause);
    this.status = status;
    this.body = body;
    this.unknownHost = unknownHost;
  }

  /** Creates the failure of a request that was answered with a status other than 2xx. */
  static HttpFailure ofStatus(int status, String body) {
    return new HttpFailure("HTTP " + status, null, status, body, false);
  }

  /** Creates the failure of a request that was not answered. */
  static HttpFailure ofException(Throwable cause) {
    boolean unknown = false;
    for (Throwable each = cause; each != null; each = each.getCause()) {
      unknown |= each instanceof UnresolvedAddressException;
    }
    String why =
        unknown
            ? "there is no such host"
            : "no answer, "
                + cause.getClass().getSimpleName()
                + Optional.ofNullable(cause.getMessage()).map(text -> ": " + text).orElse("");
    return new HttpFailure(why, cause, 0, "", unknown);
  }

  /** Returns the status of the answer, or 0 where there was none. */
  public int status() {
    return status;
  }

  /** Returns the text of the answer, which is empty where there was none. */
  public String body() {
    return body == null ? "" : body;
  }

  /** Returns whether the same request may succeed later. */
  public boolean isTransient() {
    return status == 0 ? !unknownHost : TRANSIENT.contains(status);
  }
}
