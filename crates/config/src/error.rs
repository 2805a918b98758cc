//! Errors are values with a code until the last layer throws.

use std::fmt;

use serde::Serialize;

/// The kind of a failure; its string form is the `code` that users switch on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorCode {
    /// An unknown, missing or out-of-range setting.
    ConfigInvalid,
    /// Arrays whose lengths or indices do not fit the network.
    ShapeMismatch,
    /// Bytes or values that are not what their format says.
    DataFormat,
    /// Bytes that differ from their checksum.
    ChecksumMismatch,
    /// A truncated, altered or foreign checkpoint.
    CheckpointInvalid,
    /// A file that cannot be read: it is not there, no permission.
    ReadFailed,
    /// A file that cannot be written: no space, no permission.
    WriteFailed,
    /// A folder that another process writes to.
    FolderInUse,
    /// Not a number or infinite in a gradient, a loss or a parameter.
    NonFinite,
    /// Use after `dispose`.
    Disposed,
    /// No backend, or not the one that was asked for.
    BackendUnavailable,
    /// The SIMD level is not available on this machine.
    SimdUnsupported,
    /// No camera or microphone that the page may use.
    DeviceUnavailable,
    /// An internal error: a defect of this library.
    Internal,
}

impl ErrorCode {
    /// Every code, in the order of the documentation.
    pub const ALL: [Self; 14] = [
        Self::ConfigInvalid,
        Self::ShapeMismatch,
        Self::DataFormat,
        Self::ChecksumMismatch,
        Self::CheckpointInvalid,
        Self::ReadFailed,
        Self::WriteFailed,
        Self::FolderInUse,
        Self::NonFinite,
        Self::Disposed,
        Self::BackendUnavailable,
        Self::SimdUnsupported,
        Self::DeviceUnavailable,
        Self::Internal,
    ];

    /// The code as users see it, for example `CONFIG_INVALID`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ConfigInvalid => "CONFIG_INVALID",
            Self::ShapeMismatch => "SHAPE_MISMATCH",
            Self::DataFormat => "DATA_FORMAT",
            Self::ChecksumMismatch => "CHECKSUM_MISMATCH",
            Self::CheckpointInvalid => "CHECKPOINT_INVALID",
            Self::ReadFailed => "READ_FAILED",
            Self::WriteFailed => "WRITE_FAILED",
            Self::FolderInUse => "FOLDER_IN_USE",
            Self::NonFinite => "NON_FINITE",
            Self::Disposed => "DISPOSED",
            Self::BackendUnavailable => "BACKEND_UNAVAILABLE",
            Self::SimdUnsupported => "SIMD_UNSUPPORTED",
            Self::DeviceUnavailable => "DEVICE_UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }
}

/// A failure: its kind, where it is (a JSON path or the name of an argument) and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
pub struct Error {
    /// The kind of failure.
    pub code: ErrorCode,
    /// The JSON path or argument at fault, empty when there is none.
    pub path: String,
    /// What is wrong, in one sentence without the path.
    pub message: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() { f.write_str(&self.message) } else { write!(f, "{}: {}", self.path, self.message) }
    }
}

impl Error {
    /// A failure of `code` at `path`.
    pub fn new(code: ErrorCode, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code, path: path.into(), message: message.into() }
    }

    /// [`ErrorCode::ConfigInvalid`] at `path`.
    pub fn config(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::ConfigInvalid, path, message)
    }

    /// [`ErrorCode::ShapeMismatch`] at `path`.
    pub fn shape(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::ShapeMismatch, path, message)
    }

    /// [`ErrorCode::DataFormat`] at `path`.
    pub fn data(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::DataFormat, path, message)
    }

    /// [`ErrorCode::CheckpointInvalid`].
    pub fn checkpoint(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::CheckpointInvalid, "", message)
    }

    /// [`ErrorCode::NonFinite`] at `path`.
    pub fn non_finite(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::NonFinite, path, message)
    }
}

/// The result of everything in this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;
